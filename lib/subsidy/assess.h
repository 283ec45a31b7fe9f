/*
 * The assessment of one project, by the rules and nothing else: how much, why, and what stands
 * against it. Integer yen throughout.
 */
#ifndef OQ_SUBSIDY_ASSESS_H
#define OQ_SUBSIDY_ASSESS_H

#include <stddef.h>
#include <stdint.h>

#include "subsidy/facts.h"
#include "subsidy/rules.h"

/* The links of the chain from a receipt to the amount, in this order; then what was found. */
enum step_kind {
	STEP_RECEIPT,  /* total of a document */
	STEP_LINE,     /* a line with tax */
	STEP_SPREAD,   /* a discount or tax falls on a line */
	STEP_OWN_COST, /* what of a reader's price is over its cap */
	STEP_COUNTED,  /* what of a line counts */
	STEP_CLASS,    /* the class was judged */
	STEP_REGIME,   /* the regime was chosen */
	STEP_ELIGIBLE, /* the sum of what counts */
	STEP_CAP,      /* the cost cap */
	STEP_RATE,     /* cost times rate */
	STEP_ROUNDING, /* cut down to whole thousands */
	STEP_SUBSIDY_CAP,
	STEP_BASE,	 /* the part by the basic rule */
	STEP_DIFFERENCE, /* the part above it */
	STEP_FALLBACK,	 /* what the basic rule would give */
	STEP_REFUSAL,
	STEP_WARNING,
	N_STEPS
};

extern const char *const step_words[N_STEPS]; /* "own-cost" */

#define NOWHERE (-1)

struct step {
	enum step_kind kind;
	const struct cite *cite; /* NULL: no row decides it */
	int64_t yen, of_yen;	 /* the result, and what it was made from; UNSAID */
	int64_t num, den;	 /* of a rate */
	long supplier, line;	 /* where, or NOWHERE; line is the n-th of the supplier */
	const char *fact;	 /* the member, or NULL */
	char code[48];		 /* of a refusal or warning, else "" */
};

struct due {
	int64_t to, given; /* days; given may be UNSAID */
	const struct cite *cite;
	const char *fact;
};
#define DUES_MAX 16

struct assessment {
	const char *regime; /* R0 …, the program's name, or NULL */
	const char *facility_class;
	const struct rule *rule, *base_rule; /* NULL: none */
	int64_t eligible, capped, subsidy, base, difference, fallback;
	struct step *steps;
	size_t n_steps, room_steps;
	int no_memory;
	int two_amounts; /* by rule and by base_rule */
	size_t refusals;
	struct due dues[DUES_MAX]; /* oldest first */
	size_t n_dues;
};

struct seen;
struct shares;

struct assessor {
	const struct rules *rules;
	const char *program; /* NULL: the main grant */
	int64_t today;
	const char *files;	     /* where receipt files are looked for, or NULL: nowhere */
	int again;		     /* this facility had a project before */
	const struct shares *shares; /* receipts for several facilities, or NULL: not known */
	int every_line;		     /* note a step for each line, for --explain */
};

/*
 * Fills the assessment, whose room is used again (zeroed at first; assessment_free() at last).
 * Returns 1 if nothing stands against it, 0 with at least one refusal, -1 with why where it
 * could not be told; then the assessment is as far as it came and not to be used.
 */
int assess(const struct assessor *, struct project *, struct assessment *, struct why *);
void assessment_free(struct assessment *);

/* Appends a step and returns it, to be filled further. Never NULL: without memory it is one that
 * nobody reads, and no_memory is set. */
struct step *step_add(struct assessment *, enum step_kind, const struct cite *);
/* The same for a refusal or warning with its code. */
struct step *find(struct assessment *, enum step_kind, const struct cite *, const char *code, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Reckons the lines of every supplier (yen, net, counted) and what is found on them.
 * 0, or -1 with why.
 */
int costs_reckon(const struct assessor *, struct project *, struct assessment *, struct why *);
/* Looks at the documents: dates, addressee, number, file. */
void documents_check(const struct assessor *, const struct project *, struct assessment *);

/* floor(a * b / c) for 0 <= a, b, c and a result that fits. */
int64_t share_of(int64_t a, int64_t b, int64_t c);

/*
 * Receipts that several facilities share, by issuer and number: the first look over all projects
 * adds their parts, then shares_close(), and the second may ask. shares_new() is NULL and shares_add()
 * -1 without memory.
 */
struct shares *shares_new(void);
void shares_free(struct shares *);
int shares_add(struct shares *, const struct supplier *);
void shares_close(struct shares *);
/* Do the parts of that receipt make up its total? 1 or 0, and *sum is what they come to. */
int shares_whole(const struct shares *, const struct supplier *, int64_t *sum);

/* Codes of facilities seen so far: about five bytes each. NULL without memory. */
struct seen *seen_new(void);
void seen_free(struct seen *);
/* Was the code (ten digits) seen before? It is from now on. 1, 0, or -1 without memory. */
int seen_add(struct seen *, const char *code);

#endif
