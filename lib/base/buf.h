/*
 * Byte buffers that are born with a ceiling.
 *
 * A buffer owns its bytes; buf_free() gives them back and leaves an empty buffer that may be used
 * again. Failure is sticky: after the first add that did not fit (errno EFBIG) or found no memory
 * (ENOMEM) every later add does nothing, so a caller may add ten times and ask buf_failed() once.
 */
#ifndef OQ_BASE_BUF_H
#define OQ_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* always NUL-terminated once anything was added; NULL before */
	size_t len; /* without that NUL */
	size_t cap;
	size_t max;
	int error; /* 0, EFBIG or ENOMEM */
};

/* An empty buffer that never holds more than max bytes. Allocates nothing yet. */
void buf_init(struct buf *, size_t max);
void buf_free(struct buf *);

/*
 * An empty buffer over memory of the caller's, for less than size bytes: it never allocates, so
 * adding fails only with EFBIG. Nothing is to be freed.
 */
void buf_over(struct buf *, char *, size_t size);

/* Forgets the content and an earlier failure; keeps the memory. */
void buf_reset(struct buf *);

/* Overwrites the content before giving the memory back: for secrets. */
void buf_wipe(struct buf *);

/* 0 if nothing has failed since the last reset, else EFBIG or ENOMEM. */
int buf_failed(const struct buf *);

/* Room for n more bytes; returns where they go (then add n to len yourself), or NULL. */
char *buf_room(struct buf *, size_t n);

/* Each returns 0, or -1 and the buffer has failed. */
int buf_add(struct buf *, const void *, size_t);
int buf_adds(struct buf *, const char *);
int buf_addc(struct buf *, char);
int buf_addu(struct buf *, uint64_t);
int buf_addf(struct buf *, const char *, ...) __attribute__((format(printf, 2, 3)));

/*
 * Adds s as a JSON string with its quotes: controls, quote and backslash escaped, the rest as it
 * is. A byte that is not UTF-8 becomes U+FFFD.
 */
int buf_addjson(struct buf *, const char *, size_t);

#endif
