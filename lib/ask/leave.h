/* How a line leaves, and what is said about it. */
#ifndef OQ_ASK_LEAVE_H
#define OQ_ASK_LEAVE_H

#include "ask/batch.h"

struct leaving {
	const struct ask_options *options;
	struct output *output;
	struct tally *tally;
	const char *route;		 /* its name */
	unsigned char reported[ERR_END]; /* causes that stderr has had */
	struct buf value, record;	 /* scratch */
};

void leaving_init(struct leaving *);
void leaving_free(struct leaving *);

/* Writes the line and counts it. batch is NULL for a line that was not asked. */
void leave(struct leaving *, struct batch *, const struct item *);

/* Says the cause on stderr, the first time. */
void report(struct leaving *, const struct why *);

#endif
