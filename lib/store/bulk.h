/*
 * Bulk questions in the journal (journal.h). They travel in files, are accepted under a reception
 * number, and are answered later, perhaps to another run: so a question is of use until its answer
 * has left in a run that came to its end.
 *
 * What is written is durable with the next journal_commit(). Each function that can fail returns
 * -1 with why; the journal takes nothing more then.
 */
#ifndef OQ_STORE_BULK_H
#define OQ_STORE_BULK_H

#include "base/buf.h"
#include "store/journal.h"

#define BULK_RECEPTION_SIZE 65 /* of a reception number, and NUL */

enum bulk_state {
	BULK_PLANNED,  /* nothing of it has left, or it was taken back */
	BULK_SENT,     /* the other side may have it */
	BULK_ACCEPTED, /* it has a reception number */
	BULK_DONE,     /* all of its questions have their answers */
};

struct bulk_file {
	int64_t id;
	enum bulk_state state;
	struct date day; /* the questions are asked as of it */
	char ask[ASK_SIZE];
	char name[JOURNAL_NAME_SIZE];  /* of its request; "": none yet */
	char fetch[JOURNAL_NAME_SIZE]; /* of the last request for its result; "": none yet */
	int fetching;		       /* that one may still be answered */
	int litter; /* what was said under these names may lie there yet, and is done with */
	char reception[BULK_RECEPTION_SIZE];
	int64_t sent_at, accepted_at;
	size_t n; /* questions in it */
};

struct bulk_question {
	int64_t id, file; /* file 0: in none */
	char ask[ASK_SIZE];
	int today; /* the file of its visit date was refused: it is asked as of today */
	int again; /* this run has met it before */
	int over;  /* its answer has left in a run that came to its end, */
	int young; /* but came late enough to be taken once more, see journal_reuse() */
	int answered;
};

/*
 * Before any other function below: forgets old questions, as the journal does. What a run that was cut
 * had planned is no more; its questions are in no file. 0, or -1 with why.
 */
int bulk_open(struct journal *, struct why *);

/* The newest question of the key. 1, or 0 when there is none. */
int bulk_find(struct journal *, const unsigned char key[static JOURNAL_KEY_SIZE],
    struct bulk_question *, struct why *);
/* This run has met it. */
int bulk_meet(struct journal *, const struct bulk_question *, struct why *);
/* A new one, in no file: text is its line, which begins with an ask that does not count. */
int bulk_add(struct journal *, const unsigned char key[static JOURNAL_KEY_SIZE], struct date day,
    const char *text, size_t len, struct bulk_question *, struct why *);
/* What was answered to it, added to out. 1, or 0 when nothing was. */
int bulk_answer_of(struct journal *, int64_t question, struct buf *out, struct why *);

/* A new file, planned, as of the day. */
int bulk_file_new(struct journal *, struct date day, struct bulk_file *, struct why *);
int bulk_file_get(struct journal *, int64_t id, struct bulk_file *, struct why *);
int bulk_file_put(struct journal *, const struct bulk_file *, struct why *);
/* Puts a question that is in no file into one. */
int bulk_join(struct journal *, struct bulk_question *, struct bulk_file *, struct why *);
/* All questions of a file that was refused go into another, which asks as of today. */
int bulk_move(struct journal *, struct bulk_file *from, struct bulk_file *to, struct why *);

/* A question of a file: its line is `text`, with its own ask. */
typedef int bulk_each(void *arg, int64_t question, const char *ask, const char *text, struct why *);
/* Calls each() for the questions of a file, in their order, until it returns -1. */
int bulk_questions(struct journal *, int64_t file, bulk_each *each, void *arg, struct why *);
/* The answer to a question: a line. */
int bulk_answer(struct journal *, int64_t question, const char *line, size_t len, struct why *);

/* A file with litter: 1, or 0 when there is none. Once cleared up, it is put without. */
int bulk_litter(struct journal *, struct bulk_file *, struct why *);

#endif
