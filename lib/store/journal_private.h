/* What the files of the journal share: opening and ending, windows, finding a key. */
#ifndef OQ_STORE_JOURNAL_PRIVATE_H
#define OQ_STORE_JOURNAL_PRIVATE_H

#include <sys/stat.h>

#include "base/buf.h"
#include "store/db.h"
#include "store/journal.h"

/* A question in a window's row. */
struct journal_record {
	char ask[ASK_SIZE - 1];
	unsigned char key[JOURNAL_KEY_SIZE];
};

/*
 * A span in an answer's row: two numbers in ten digits each, so that SQL can read them. None stands
 * beside packed lines that are one a question, in their order.
 */
#define SPAN_SIZE 20

#define LINES_MAX ((size_t)64 << 20) /* of one window's answers, read back */

/* Where a question stands: window << 8 | index. Windows count from 1. */
static inline int64_t
place_window(uint64_t place)
{
	return (int64_t)(place >> 8);
}

struct place {
	uint64_t hash;	/* the first 8 bytes of the key */
	uint64_t place; /* 0: free */
};

/*
 * Finds keys. New ones stand in a table in memory; when it is half full they move, sorted, into
 * the file: a group of rows by the first bits of the hash, written once, never changed. A filter
 * says of nearly every key that was never asked that it was not, without looking.
 */
struct journal_index {
	struct place *table;
	size_t used;
	unsigned char *memory, *filter; /* which begins with a page */
	int64_t *groups;		/* the last window of each, oldest first */
	size_t n_groups;
};

/* One window's rows as last read. */
struct journal_loaded {
	int64_t window; /* 0: none */
	size_t n;
	int64_t run, sent_at, answered_at;
	int answered;
	struct buf questions, names, lines;
	struct journal_span spans[JOURNAL_WINDOW];
};

/* The window that fills. */
struct journal_filling {
	int64_t window;
	size_t n;
	int64_t last_day; /* days since 1970 */
	struct buf questions, names;
};

/* The columns of `answered`; format 2, which journal_earlier still reads, ends before ANSWER_SIZE. */
enum journal_answer { ANSWER_ID, ANSWER_AT, ANSWER_SPANS, ANSWER_LINES, ANSWER_SIZE, ANSWER_SUM };

enum journal_stmt {
	JOURNAL_BEGIN,
	JOURNAL_COMMIT,
	JOURNAL_ADD_WINDOW,
	JOURNAL_ADD_ANSWER,
	JOURNAL_GET_WINDOW,
	JOURNAL_GET_ANSWER,
	JOURNAL_ADD_PLACES,
	JOURNAL_GET_PLACES,
	JOURNAL_ADD_TAKEN,
	JOURNAL_END_RUN,
	JOURNAL_STMTS,
};

/* journal_bulk.c's, prepared where bulk questions are asked. */
enum bulk_stmt {
	BULK_FIND,
	BULK_MEET,
	BULK_ADD,
	BULK_GET_ANSWER,
	BULK_GET_FILE,
	BULK_PUT_FILE,
	BULK_JOIN,
	BULK_MOVE,
	BULK_QUESTIONS,
	BULK_ANSWER,
	BULK_LITTER,
	BULK_STMTS,
};

#define BITS_SIZE (JOURNAL_WINDOW / 8)

/* What is known of an earlier run's window: one bit a question. */
struct journal_past {
	unsigned char over[BITS_SIZE]; /* its answer has left in a run that ended */
	unsigned char met[BITS_SIZE];  /* this run has met it */
};

struct journal {
	sqlite3 *db;
	sqlite3_stmt *stmts[JOURNAL_STMTS], *bulk[BULK_STMTS];
	/* The mark stands beside the journal, locked, and says which run is under way. */
	char *mark;
	int lock;
	struct stat file; /* the journal, as it was opened */
	int64_t cut;	  /* which it said was: that one did not end, whatever the journal says */
	int ended;
	int open; /* a transaction */
	int64_t run;
	int64_t reuse;	    /* answers of runs that ended are of use from then on; 0: never */
	int64_t first, end; /* windows of earlier runs: from first, before end */
	struct journal_past *past;
	struct journal_index index;
	struct journal_filling filling;
	struct journal_loaded loaded;
	struct buf packed;
};

/* journal_schema.c */
extern const struct db_format journal_format;

/* journal_file.c */
/* Makes the journal unless it is there, and closes it to others. 0, or -1 with why. */
int journal_make(const char *path, struct why *);
/* Locks the mark and reads it. 0, or -1 with why (journal-in-use). */
int journal_lock(struct journal *, const char *path, struct why *);
/*
 * Are the journal and its mark still under their names? What is written to files that somebody has
 * removed is durable for nobody. 0, or -1 with why.
 */
int journal_stands(const struct journal *, struct why *);
/* The mark says that this run is under way; 0: none. 0, or -1 with errno. */
int journal_mark(const struct journal *, int64_t run);

/* journal.c */
extern const char *const journal_sql[JOURNAL_STMTS];
/* What earlier runs have left behind: first, end and past. 0, or -1 with why. */
int journal_load_past(struct journal *, struct why *);
int journal_begin(struct journal *, struct why *);

/* journal_index.c */
int index_init(struct journal_index *);
void index_free(struct journal_index *);
/* Takes in what stands in the file. 0, or -1 with why. */
int index_load(struct journal *, struct why *);
/* The key is about to be looked for: what that takes comes to be near. */
void index_expect(const struct journal_index *, const unsigned char *key);
/* Remembers a key's place, instead of an older one. */
void index_put(struct journal_index *, const unsigned char *key, uint64_t place);
/*
 * Goes through the places that a key may have, newest first, until is_it() says 1 (or -1).
 * Returns that, or 0 when there is none.
 */
int index_find(struct journal *, const unsigned char *key,
    int (*is_it)(struct journal *, uint64_t place, void *, struct why *), void *, struct why *);
/* When the table is full: moves it into the file. All of it stands in windows up to `last`. */
int index_flush(struct journal *, int64_t last, struct why *why);

/* journal_lines.c */
/* Packs a window's answers. 1, or 0: they stay as they are. */
int lines_pack(const char *lines, size_t len, struct buf *packed);
/* The other way round, of bytes that nobody vouches for, to that size. 0, or -1: they are damaged. */
int lines_unpack(const void *packed, size_t n, int64_t size, struct buf *lines);
/* Of packed lines: LZ4 itself takes most bytes for others without a word. */
uint64_t lines_sum(const void *packed, size_t n);

/* journal_window.c */
void windows_init(struct journal *);
void windows_free(struct journal *);
/* Reads a window's rows unless they were the last ones read. 1, 0 if it is gone, -1 with why. */
int window_load(struct journal *, int64_t window, struct why *);
/* Reads where in its lines the loaded window's answers are. 1, or 0: they are not there. */
int window_spans(struct journal_loaded *, const char *text, size_t len);
/* What became of question i of the loaded window: state, answer and len. */
void window_answer(const struct journal_loaded *, size_t i, struct journal_found *);

static inline int
bit(const unsigned char *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

#endif
