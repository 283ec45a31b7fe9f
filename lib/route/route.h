/*
 * The way out. A route is a row of what it can and its functions; what it cannot is the error
 * not-over-this-route, raised in one place (route_may).
 *
 * Questions leave in windows: up to WINDOW_LINES question lines that travel together and are
 * answered together. The window and its questions are the caller's; the route borrows them
 * from route_start() until route_work() hands them back.
 */
#ifndef OQ_ROUTE_ROUTE_H
#define OQ_ROUTE_ROUTE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/random.h"

#define WINDOW_LINES	   256
#define WINDOW_BYTES	   ((size_t)1 << 20)
#define PATIENCE_SHORT	   30000 /* milliseconds; who waits longer wants an answer, not a quick end */
#define QUESTION_NAME_SIZE 21	 /* of a question's name on the route, and NUL */

enum ability {
	CAN_NUMBER = 1 << 0,
	CAN_CARD = 1 << 1,
	CAN_BULK = 1 << 2,
	CAN_MEDICAL = 1 << 3,
	CAN_PDF = 1 << 4,
	CAN_REFERENCE = 1 << 5,
	CAN_REGISTER = 1 << 6,
	CAN_SELF = 1 << 7,
	CAN_DISASTER = 1 << 8,
	/* Whose word medical information is given on (DESIGN 5). */
	CAN_FACE_CONSENT =
	    1 << 9,	       /* the face reader's result, since the centre holds the consent */
	CAN_RECEIPT = 1 << 10, /* a receipt */
};

/* What is known of a question from a run before this one. */
enum earlier {
	EARLIER_NONE,	  /* it was not asked */
	EARLIER_SENT,	  /* the run was cut while it was under way */
	EARLIER_GIVEN_UP, /* nobody waited any longer */
};

struct question {
	char ask[ASK_SIZE];
	size_t at, len;		       /* its line in window.body, without line feed */
	char name[QUESTION_NAME_SIZE]; /* on the route; "" where it needs none */
	enum earlier earlier;
	/* Set by the route. */
	int answered;		      /* 0: there is none, and why says why */
	size_t answer_at, answer_len; /* the answer line in window.answers, without line feed */
	struct why why;
	int open;  /* without an answer, but the other side may have it and still answer */
	int taken; /* over a terminal's folder: it may have the request, whatever came of it */
	int note;  /* the window's reader's */
};

/*
 * Looks at one answer, a strict JSON object with the question's ask, while it is parsed, and
 * leaves in note and why what it wants to keep. 0, or -1 with why when it is not the answer to
 * anything: then the question is asked again.
 */
typedef int answer_reader(const json_t *answer, struct question *, struct why *);

struct window {
	const char *service; /* "verify", "query" */
	answer_reader *read;
	struct buf body; /* question lines, each with its line feed */
	struct buf answers;
	struct question questions[WINDOW_LINES];
	size_t n, most; /* questions in it, and how many the route takes together */
};

/* An empty window; answers larger than max_answers bytes are refused (answer-too-large). */
void window_init(struct window *, const char *service, answer_reader *, size_t max_answers);
/* Forgets questions and answers; keeps the memory for the next. */
void window_reset(struct window *);
void window_free(struct window *);
/* Where the next question line goes: its place in the table, with that `ask`, or a new one (NULL).
 * NULL when full. The caller adds the line to body, then calls window_added(). */
struct question *window_next(struct window *, const char *ask);
/* Ends the line begun by window_next(). 0, or -1 when body has failed (it is as before then). */
int window_added(struct window *);

struct route_options {
	const char *via, *facility, *ca, *cert, *key, *operator;
	const char *lane;  /* "desk" or "batch" */
	int pass_fd;	   /* -1: none */
	int jobs;	   /* windows in flight at most */
	int64_t retry_for; /* milliseconds of patience with a hub that is down, busy or fails */
	int64_t timeout;   /* milliseconds for one request, from connect to last byte */
	/* Of a terminal's folder; spans in milliseconds. */
	const char *tool;    /* the command's name, for what is said on stderr */
	const char *owner;   /* temporary files of the same owner are ours: the journal's name */
	const char *archive; /* where responses go; NULL: they are removed, */
	int keep;	     /* or stay where they are */
	const char *pdf;     /* where PDFs are saved; NULL: none are asked for */
	int64_t scan, settle, note_after, give_up;
};

struct route;

/*
 * Opens by the scheme of via: reads and checks the credentials, starts no traffic. The passphrase
 * is read from pass_fd here and wiped. NULL with why: route-unusable (exit 2), key-exposed,
 * key-unusable, file-unreadable.
 */
struct route *route_open(const struct route_options *, struct why *);
void route_close(struct route *);

/*
 * What a terminal's folder needs (XML, archives) would cost every start, so a command that asks
 * over https, too, is built twice: the program that people call is without. Goes on in
 * PREFIX/libexec/NAME, with the same arguments and descriptors, where via is a folder. 0 when there
 * is no need to, or -1 with why. Call it before anything is read of standard input.
 */
int route_become(const char *via, const char *name, char *const argv[], struct why *);

/* The directory that such a way out is, where it needs a journal; or NULL: it is none. */
const char *route_directory(const char *via);

/* The name to write as eligibility.route: "terminal", or the hub's name. */
const char *route_name(const struct route *);

/* May this be asked here? 1, or 0 with why: not-over-this-route, naming the way that exists. */
int route_may(const struct route *, enum ability, struct why *);

/* How many questions may travel in one window. */
size_t route_lines(const struct route *);

/*
 * Gives the question its name on the route. One that was asked before comes with the name of then,
 * and keeps it as long as its answer may be found under it.
 */
void route_label(struct route *, struct question *);

/*
 * Before the questions are remembered as sent, and route_start() is called: whatever can fail until
 * then is done here, and what does fail comes back from route_work() like an answer.
 */
void route_prepare(struct route *, struct window *);

/* The answers that came out of route_work() so far are safe with us: they may be cleared away. */
void route_handed(struct route *);

/*
 * A run before this one had the answer to the question of that name, and was cut before it could
 * clear it away.
 */
void route_forget(struct route *, const char *name);

/* Takes a window under way. 0, or -1 when `jobs` are already in flight. */
int route_start(struct route *, struct window *);

/*
 * Works for at most timeout milliseconds (-1: as long as needed), until a window is done, one of
 * the n descriptors is readable, or the route goes down. Returns a window that is done (every
 * question has an answer or a why) or NULL.
 */
struct window *route_work(struct route *, int64_t timeout, const int *fds, size_t n);

/* Why nothing gets through at present, or NULL while the route is up. */
const struct why *route_down(const struct route *);

/*
 * Sends nothing new from here on. What is under way has grace milliseconds; every other question
 * comes back as not-asked-stopped. May be called again with a shorter grace.
 */
void route_stop(struct route *, int64_t grace);

/* What was counted: "requests", "connections", "retries". */
uint64_t route_count(const struct route *, const char *what);

#endif
