/* What is to be done with one line of input (DESIGN 3.2). */
#ifndef OQ_ASK_LINE_H
#define OQ_ASK_LINE_H

#include <jansson.h>

#include "ask/ask.h"
#include "base/clock.h"
#include "model/insured.h"

enum way {
	WAY_ASK,
	WAY_SAME,    /* an equal line is being asked, and its answer will be this one's */
	WAY_KEPT,    /* the journal has the answer */
	WAY_OWN,     /* the record itself holds the answer: there is nothing to ask */
	WAY_AS_CAME, /* as it came: it has an error, needs no asking, or keeps its answer */
	WAY_BROKEN,  /* it is no object */
	WAY_FAILED,  /* it cannot be asked */
	WAY_RESTING, /* it was answered, and the answer is in the journal until it leaves */
	WAY_STOPPED, /* an equal line was asked, and got no answer */
};

/* An answer that an earlier line, or an earlier run, was given. */
struct given {
	const char *line;
	size_t len;
	int64_t asked_at;
	int reused; /* by an earlier line of this run */
};

struct decision {
	enum way way;
	enum verdict verdict; /* WAY_AS_CAME, WAY_KEPT */
	int recheck;	      /* a card's answer stays; ours goes beside it */
	struct why why;	      /* WAY_BROKEN, WAY_FAILED */
	json_t *record;	      /* NULL: none */
	/* The service's: what it asks, beside the ask, and what it wants back with the answer. */
	json_t *asks, *own;
	struct date day;	/* WAY_ASK */
	const char *presence;	/* WAY_ASK by card; NULL: by number. Both borrow from record */
	const char *receipt;	/* by card: the consent that goes with it, or NULL */
	struct insured insured; /* WAY_ASK by number */
	/* With a journal: */
	const struct buf *text; /* WAY_ASK: the question line, but for its ask */
	const char *ask;	/* and the ask to ask with again; NULL: a new one */
	enum earlier earlier;	/* how it ended when it was asked before */
	/* Under which name. WAY_KEPT: one whose answer may lie on the route yet; "" none. */
	char name[QUESTION_NAME_SIZE];
	int64_t window; /* WAY_SAME: where the equal line is */
	size_t place;
	struct given given; /* WAY_KEPT */
	size_t before;	    /* from before_find(): what the person was answered; 0: nothing */
};

/* route NULL: only the line itself is judged. decision_free() gives back what it holds. */
void line_decide(
    const struct line *, const struct ask_options *, const struct route *, struct decision *);
void decision_free(struct decision *);

#endif
