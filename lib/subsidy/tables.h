/* Two tables, facilities and items, joined by the facility's code. */
#ifndef OQ_SUBSIDY_TABLES_H
#define OQ_SUBSIDY_TABLES_H

#include "subsidy/report.h"

struct table_input {
	int fd; /* can be rewound: see rewindable() */
	const char *name;
};

/*
 * A descriptor that can be rewound and holds what fd does: fd itself, or else a copy in memory,
 * which the caller closes. -1 with why.
 */
int rewindable(int fd, const char *name, struct why *);

/*
 * Assesses every facility with its items, in the order of the facilities. Where the codes of both
 * tables only grow, nothing is held but one facility; else the items are held in memory.
 * 0, or -1 with why: reading failed, or a table is none.
 */
int report_tables(struct report *, const struct table_input *facilities,
    const struct table_input *items, struct why *);

#endif
