/*
 * The journal of questions (PROTOCOL 4): what was asked under which ask, and what was answered, so
 * that a run which is cut at any moment can be taken up again, and no question gets two identities.
 *
 * Questions are kept in windows, a row each, because rows of their own cost more than asking does:
 * 23 microseconds of CPU a question against 2 (the indexes on ask and key are hit at random). The
 * view `question` shows them one by one, with the columns of PROTOCOL 4, but for the answers of
 * large windows, which are packed. Planned are those that no commit has made durable: the file does
 * not show them, for nothing of them has left.
 *
 * A run that came to its end is over: what it was answered is not used again. One that was cut is
 * not, and the next run that asks the same takes its answers. A question without an answer
 * keeps its ask in either case. Rows go, when a journal is opened, 48 hours after they were asked
 * and two days after the day they were asked for, whichever is later: a hub knows an ask as long.
 *
 * A handle belongs to one thread. After a function has failed the journal takes nothing more.
 */
#ifndef OQ_STORE_JOURNAL_H
#define OQ_STORE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"

#define JOURNAL_WINDOW	  256 /* questions in a window, which is a commit */
#define JOURNAL_KEY_SIZE  32  /* SHA-256 */
#define JOURNAL_NAME_SIZE 21  /* a question's name on the route, and NUL */
#define JOURNAL_KEEP	  ((int64_t)48 * 60 * 60)
#define JOURNAL_KEEP_DAYS 2

struct journal;

/*
 * Opens the file, or makes it (0600). Nobody else may have it open: journal-in-use names the
 * process. A damaged file is journal-damaged and nothing of it is used; a newer format is
 * store-newer. NULL with why.
 */
struct journal *journal_open(const char *path, struct why *);
/*
 * NULL is allowed. What was not committed is forgotten. A run is only over with this: call it last,
 * right before _exit(), so that one which is killed before it has an exit status was cut.
 */
void journal_close(struct journal *);

/* Answers of runs that ended are taken once more, too, if they came at that time or later. */
void journal_reuse(struct journal *, int64_t since);

enum journal_state { JOURNAL_SENT, JOURNAL_ANSWERED, JOURNAL_GIVEN_UP };

struct journal_found {
	enum journal_state state;
	int64_t window; /* where it stands: that window, */
	size_t at;	/* and the place in it */
	int ours;	/* this run has asked it */
	int over;	/* answered in a run that ended: taken once more, see journal_reuse() */
	int again;	/* over, or this run has asked it or met it before */
	char ask[ASK_SIZE];
	char name[JOURNAL_NAME_SIZE]; /* "": none */
	int64_t sent_at;
	const char *answer; /* JOURNAL_ANSWERED: valid until the next call */
	size_t len;
};

/* The question of that key is about to be looked for: what finding it takes comes to be near. */
void journal_expect(const struct journal *, const unsigned char key[static JOURNAL_KEY_SIZE]);

/*
 * Looks for a question that is of use: one without an answer, or one whose answer may be taken. 1 and
 * found, 0, or -1 with why. From then on the question is one that this run has met.
 */
int journal_find(struct journal *, const unsigned char key[static JOURNAL_KEY_SIZE],
    struct journal_found *, struct why *);

struct journal_question {
	unsigned char key[JOURNAL_KEY_SIZE];
	const char *ask, *name; /* name: NULL where the route needs none */
	struct date day;	/* the question is about */
};

/*
 * Puts a question into the window that fills, at most JOURNAL_WINDOW; an older one of the same key
 * is forgotten. The window's id, or -1 with why.
 */
int64_t journal_add(struct journal *, const struct journal_question *, struct why *);

/*
 * The window that fills is about to leave, over that route, and the next one begins. It may leave
 * when the next commit has made it durable. 0, or -1 with why.
 */
int journal_seal(struct journal *, const char *route, int64_t now, struct why *);

struct journal_span {
	size_t at, len; /* of an answer in the lines; len 0: there is none, it was given up */
};

/*
 * A window is answered: n spans, one a question, in their order, none with a newline in it. Durable
 * with the next commit. 0, or -1 with why.
 */
int journal_answered(struct journal *, int64_t window, int64_t now, const char *lines, size_t len,
    const struct journal_span *, size_t n, struct why *);

/*
 * Reads back an answer of this run: found->answer, as journal_find() gives it. 0, or -1 with why.
 */
int journal_recall(
    struct journal *, int64_t window, size_t at, struct journal_found *, struct why *);

/* Makes durable what is not yet. 0, or -1 with why. */
int journal_commit(struct journal *, struct why *);

/* This run came to its end: every line has left. To be closed next. 0, or -1 with why. */
int journal_end(struct journal *, struct why *);

/*
 * The answers that a journal keeps of runs that ended, to be compared with new ones: read only,
 * also while a run has the journal.
 */
struct journal_earlier;

/* NULL with why. */
struct journal_earlier *journal_earlier_open(const char *path, struct why *);
void journal_earlier_close(struct journal_earlier *); /* NULL is allowed */

/* Calls each() for every answer, oldest first. 0, what each() returned, or -1 with why. */
int journal_earlier_each(struct journal_earlier *,
    int (*each)(const unsigned char *key, uint64_t place, void *), void *, struct why *);

/* The answer of that place, valid until the next call. 1, 0 if it is gone, or -1 with why. */
int journal_earlier_get(
    struct journal_earlier *, uint64_t place, const char **answer, size_t *len, struct why *);

/* The place that journal_earlier_each() gives what was found. */
uint64_t journal_place(const struct journal_found *);

/*
 * Where a journal is unless somebody says otherwise: terminal-CODE.db in the state directory
 * (PROTOCOL 6), which is made; terminal-CODE-SERVICE.db for any service but verify, since the
 * commands stand in one pipe. state: what the configuration says, or NULL. The caller's, to be
 * freed; NULL with why.
 */
char *journal_default_path(
    const char *state, const char *facility, const char *service, struct why *);

#endif
