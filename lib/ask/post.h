/*
 * Files of bulk questions on their way out and back.
 *
 * A file that may have been taken is never submitted again: it stays as it is, and the next run looks
 * for what was said to it. The result is matched by our own identifiers only; what it holds beside
 * them, or lacks, is said and never guessed.
 */
#ifndef OQ_ASK_POST_H
#define OQ_ASK_POST_H

#include "ask/bulk.h"
#include "store/bulk.h"

#define POST_FLIGHTS 4

/* One file, as long as lines of it are at hand. */
struct parcel {
	struct parcel *next;
	struct bulk_file file;
	struct parcel *moved; /* was refused for its day: its questions are in this one now */
	struct why why;	      /* what stopped it in this run; ERR_NONE: nothing */
	int flying;
	int late;    /* its result is not ready, and there is no more time */
	int64_t due; /* to ask for the result again, a clock_tick() */
};

struct flight {
	struct window window;
	struct parcel *parcel; /* NULL: it is free */
	int fetch;	       /* of the result */
	int unsent;	       /* it failed before anything could leave */
};

struct post {
	const struct ask_options *options;
	struct route *route;
	struct journal *journal;
	struct parcel *parcels;
	struct flight flights[POST_FLIGHTS];
	size_t jobs;
	int64_t deadline;  /* for results; 0: none was asked for yet */
	int stopped;	   /* no more is asked */
	struct why failed; /* the journal; ERR_NONE while it works */
};

/* 0, or -1 with why. Clears up in the folder what a run before had no time for. */
int post_open(struct post *, const struct ask_options *, struct route *, struct why *);
void post_close(struct post *);

/* The file of that id, or a planned one for the day with room: NULL when post->failed. */
struct parcel *post_find(struct post *, int64_t file);
struct parcel *post_for(struct post *, struct date visit);
/* Today, if the day is after it. */
struct date post_no_later(struct date);

/*
 * Works until nothing more can be done for the files: each is done, accepted where that is enough, late
 * or stopped. A signal on options->stop_fd stops it.
 */
void post_work(struct post *);

/* A signal came: what is under way has a moment, and none the second time. */
void post_stop(struct post *);

/* The journal is of no use any more: nothing is asked from here on. */
void post_fail(struct post *, const struct why *);
/* Forgets the files at hand. */
void post_reset(struct post *);

#endif
