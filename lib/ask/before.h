/*
 * Answers from before (--changed-since): of a file of records, or of a journal.
 *
 * Both are kept as an index in memory, 32 bytes an answer; the answers stay where they are, and are
 * read when a line leaves.
 */
#ifndef OQ_ASK_BEFORE_H
#define OQ_ASK_BEFORE_H

#include "ask/line.h"
#include "base/buf.h"

struct before;

/*
 * Reads a file of records, of lines up to max_line bytes, or a journal. Before the journal of the
 * run is opened: what is closed here again would take its locks away. NULL with why.
 */
struct before *before_open(const char *path, size_t max_line, struct why *);
void before_close(struct before *); /* NULL is allowed */

/* Does it need the keys that questions have in a journal? */
int before_of_journal(const struct before *);

/*
 * What the line that is to be asked was answered before; 0: nothing that is known. Of a file by the
 * keys of its person or by the card; of a journal by the question's key there (NULL: it has none),
 * and then another answer than the one at that place, which is this line's.
 */
size_t before_find(const struct before *, const struct decision *, const unsigned char *journal_key,
    uint64_t own_place);

/* Its `eligibility`; a new reference, or NULL when it is gone. */
json_t *before_get(struct before *, size_t found);

#endif
