/*
 * The lines that are not questions about insurance: medical information, consents handed in, one's
 * own data. They are few and may be long, so they are read with a tree; what is not exactly a line
 * of oq-http(7) is refused (question-malformed), and who refuses names the member.
 */
#ifndef OQ_HUB_INQUIRY_H
#define OQ_HUB_INQUIRY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"
#include "model/purposes.h"

enum inquiry_kind { INQUIRY_QUERY, INQUIRY_CONSENT, INQUIRY_SELF };

/* Who is looked for without a card. */
struct disaster_keys {
	const char *name, *address, *insurer_number; /* address or insurer_number is NULL */
	uint32_t birth_date;			     /* day.h */
	uint8_t sex;				     /* 1 male, 2 female */
	int unable;				     /* the patient could not be asked */
};

struct inquiry {
	char ask[ASK_SIZE];			     /* "" when it could not be read */
	json_t *line;				     /* the texts point into it */
	const char *consent, *withdrawal, *presence; /* tokens; NULL where there is none */
	int in_disaster;
	struct disaster_keys keys;
	uint16_t purposes; /* a set */
	int months;
};

/* Reads one line (without its line feed). 1, or 0 with why. Free it in either case. */
int inquiry_read(enum inquiry_kind, const char *, size_t, struct inquiry *, struct why *);
void inquiry_free(struct inquiry *);

#endif
