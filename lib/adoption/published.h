/* The tables of figures that were published. */
#ifndef OQ_ADOPTION_PUBLISHED_H
#define OQ_ADOPTION_PUBLISHED_H

#include "adoption/figures.h"
#include "base/error.h"

enum published {
	PUBLISHED_FACILITY,
	PUBLISHED_PREFECTURE,
	PUBLISHED_MUNICIPALITY,
	PUBLISHED_TIMESERIES,
	PUBLISHED_CLAIMS_MODE,
	PUBLISHED_ORCA,
	PUBLISHED_CARD_ISSUANCE,
	PUBLISHED_TABLES,
};

/* For --table: all names, with blanks between. */
#define PUBLISHED_NAMES "facility prefecture municipality timeseries claims-mode orca card-issuance"

/* The table of that name; PUBLISHED_TABLES when there is none. */
enum published published_find(const char *name);
const char *published_name(enum published);
/* In the reader's language. */
const char *published_title(enum published);
/* Has it figures with that member? */
int published_has(enum published, enum figure_member);

/* What a row has to say to be taken; NULL: anything. */
struct wanted {
	const char *as_of, *facility_type, *stage, *prefecture;
};

/*
 * Reads the installed table, or the one in a directory. 0, or -1 with why. figures_free() in any
 * case.
 */
int published_read(
    enum published, const char *directory, const struct wanted *, struct figures *, struct why *);

/* Reads what is known of the sources beside figures, as that table of rules. NULL with why. */
struct table *published_remarks(const char *directory, struct why *);

#endif
