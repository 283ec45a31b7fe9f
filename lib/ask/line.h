/* What is to be done with one line of input (DESIGN 3.2). */
#ifndef OQ_ASK_LINE_H
#define OQ_ASK_LINE_H

#include <jansson.h>

#include "ask/ask.h"
#include "base/clock.h"
#include "model/insured.h"

enum way {
	WAY_ASK,
	WAY_AS_CAME, /* as it came: it has an error, needs no asking, or keeps its answer */
	WAY_BROKEN,  /* it is no object */
	WAY_FAILED,  /* it cannot be asked */
};

struct decision {
	enum way way;
	enum verdict verdict;	/* WAY_AS_CAME */
	int recheck;		/* a card's answer stays; ours goes beside it */
	struct why why;		/* WAY_BROKEN, WAY_FAILED */
	json_t *record;		/* NULL: none */
	struct date day;	/* WAY_ASK */
	struct insured insured; /* WAY_ASK; borrows from record */
};

/* route NULL: only the line itself is judged. decision_free() gives back what it holds. */
void line_decide(
    const struct line *, const struct ask_options *, const struct route *, struct decision *);
void decision_free(struct decision *);

#endif
