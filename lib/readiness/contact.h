/* Whom to telephone, and whether they answer now. Dated data: contacts.csv; and the vendor's own. */
#ifndef OQ_READINESS_CONTACT_H
#define OQ_READINESS_CONTACT_H

#include <stdint.h>

#include "csv/calendar.h"
#include "table/table.h"

struct contacts {
	struct table *table;
	/* The system vendor (システム事業者), who looks after machines and line; NULL: not said. */
	const char *vendor, *vendor_telephone, *vendor_hours;
	const struct calendar *holidays; /* open on every weekday; NULL: not known */
};

#define CONTACTS_MAX 4

struct contact {				   /* borrows from contacts */
	const char *who, *who_ja, *number, *hours; /* number, hours: "" where not known */
	const char *open;			   /* a word of telephone.open */
};

/* Who helps this actor (a word of error.actor), the nearest first: how many of them. */
size_t contacts_for(const struct contacts *, const char *actor, int64_t now,
    struct contact out[static CONTACTS_MAX]);

/*
 * Hours as "Mon-Fri 08:00-18:00; Sat 08:00-16:00", in Japan's time. 1 if now is in them, 0 if not, -1 if
 * they cannot be read.
 */
int hours_hold(const char *hours, int64_t now);

#endif
