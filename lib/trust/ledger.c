#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "trust/ledger_private.h"

struct ledger {
	int fd;
	char *path;
	char facility[16];
	/* Where the next entry goes, while `end` is the file's size; else it must be looked for. */
	off_t end;
	int64_t n;
	char prev[CONSENT_PREV];
	uint64_t recovered;
};

/* The end of the file: whole lines up to `whole`, a torn one behind. */
struct tail {
	char *bytes;
	size_t len;
	off_t size, whole;
};

/* Where flock(2) and fsync(2) cannot be relied on: statfs(2)'s numbers of network file systems. */
static const unsigned long shares[] = {
	0x6969,	    /* NFS */
	0x517b,	    /* SMB */
	0xfe534d42, /* SMB 2 */
	0xff534d42, /* CIFS */
	0x01021997, /* 9P */
};

static int
unwritable(const struct ledger *l, struct why *why)
{
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", l->path, strerror(errno));
	return -1;
}

static int
check_place(const struct ledger *l, struct why *why)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(l->fd, &fs) == -1 || fstat(l->fd, &st) == -1)
		return unwritable(l, why);
	for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == shares[i]) {
			why_set(why, ERR_LEDGER_ON_SHARE, NULL, "%s", l->path);
			return -1;
		}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return 0;
	why_set(why, ERR_LEDGER_EXPOSED, NULL, "%s has mode %04o", l->path,
	    (unsigned)(st.st_mode & 07777));
	return -1;
}

/* Reads n bytes at a place. 0, or -1 with errno. */
static int
read_at(int fd, char *out, size_t n, off_t at)
{
	while (n > 0) {
		ssize_t got = pread(fd, out, n, at);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got == 0 ? EIO : errno;
			return -1;
		}
		out += got;
		at += got;
		n -= (size_t)got;
	}
	return 0;
}

/* The last lines of the file, enough for a whole one and a torn one. The caller frees bytes. */
static int
read_tail(const struct ledger *l, struct tail *t, struct why *why)
{
	struct stat st;
	const char *feed;

	if (fstat(l->fd, &st) == -1)
		return unwritable(l, why);
	*t = (struct tail){ .size = st.st_size };
	t->len = st.st_size < 2 * LEDGER_LINE_MAX ? (size_t)st.st_size : 2 * LEDGER_LINE_MAX;
	if ((t->bytes = malloc(t->len + 1)) == NULL ||
	    read_at(l->fd, t->bytes, t->len, t->size - (off_t)t->len) == -1) {
		free(t->bytes);
		return unwritable(l, why);
	}
	feed = memrchr(t->bytes, '\n', t->len);
	t->whole = t->size - (off_t)t->len + (feed == NULL ? 0 : feed + 1 - t->bytes);
	return 0;
}

/* The first line: of this format, and of this facility. */
static int
check_header(const struct ledger *l, struct why *why)
{
	char line[512], facility[16];
	ssize_t n = pread(l->fd, line, sizeof line, 0);
	const char *feed = n <= 0 ? NULL : memchr(line, '\n', (size_t)n);

	if (n == -1)
		return unwritable(l, why);
	if (!header_read(line, feed == NULL ? (size_t)n : (size_t)(feed - line), facility, why))
		return -1;
	if (strcmp(facility, l->facility) == 0)
		return 0;
	why_set(why, ERR_FOREIGN_INSTITUTION, NULL, "%s is of %s", l->path, facility);
	return -1;
}

/* Takes up the last whole line. 0, or -1 with why. */
static int
take_place(struct ledger *l, const struct tail *t, struct why *why)
{
	const char *end = t->bytes + (t->whole - (t->size - (off_t)t->len));
	const char *before =
	    end == t->bytes ? NULL : memrchr(t->bytes, '\n', (size_t)(end - t->bytes) - 1);
	const char *line = before == NULL ? t->bytes : before + 1;
	struct ledger_entry *e = malloc(sizeof *e);
	int r = -1;

	if (e == NULL || hash_hex(line, (size_t)(end - line), l->prev) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
	} else if (check_header(l, why) == 0) {
		l->n = 0;
		if (before == NULL && t->whole == end - line)
			r = 0; /* the first line is the last */
		else if (entry_read(line, (size_t)(end - line), e, why)) {
			l->n = e->n;
			r = 0;
		}
	}
	free(e);
	return r;
}

/* Writes at the end of what is whole, and cuts off what was torn behind it. */
static int
write_at(struct ledger *l, off_t at, const struct buf *line, off_t size, struct why *why)
{
	off_t end = at + (off_t)line->len;

	if (!buf_failed(line) && lseek(l->fd, at, SEEK_SET) == at &&
	    write_all(l->fd, line->data, line->len) == 0 &&
	    (size <= end || ftruncate(l->fd, end) == 0) && fsync(l->fd) == 0) {
		l->end = end;
		return hash_hex(line->data, line->len, l->prev);
	}
	unwritable(l, why);
	l->end = -1;
	/* What was begun is taken away if that can be done; else it is torn, and found so. */
	if (at == size)
		(void)!ftruncate(l->fd, at);
	return -1;
}

static int
save_torn(const struct ledger *l, const char *torn, size_t n, struct why *why)
{
	char *path = NULL;
	int fd = -1, failed = 1;

	if (asprintf(&path, "%s.torn", l->path) == -1)
		path = NULL;
	else if ((fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) != -1)
		failed =
		    write_all(fd, torn, n) == -1 || write_all(fd, "\n", 1) == -1 || fsync(fd) == -1;
	if (failed)
		unwritable(l, why);
	if (fd != -1)
		close(fd);
	free(path);
	return failed ? -1 : 0;
}

/* Signs the entry for its place and writes it at `at`. */
static int
enter(struct ledger *l, struct signer *s, const struct ledger_draft *d, off_t at, off_t size,
    struct buf *token, struct why *why)
{
	struct buf claims, line;
	int r = -1;

	buf_init(&claims, JWS_MAX);
	buf_init(&line, LEDGER_LINE_MAX);
	buf_reset(token);
	if (d->claims(d->context, l->n + 1, l->prev, &claims) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
	else if (signer_token(s, d->type, claims.data, claims.len, token, why) == 0) {
		entry_write(&line, l->n + 1, d->at, d->event, token->data);
		r = write_at(l, at, &line, size, why);
	}
	if (r == 0)
		l->n++;
	buf_free(&claims);
	buf_free(&line);
	return r;
}

/* A torn line is set aside before anything takes its place. */
static int
recover(struct ledger *l, struct signer *s, const char *torn, size_t n, off_t at, struct why *why)
{
	struct ledger_event e;
	struct ledger_draft draft;
	struct buf token;
	int r = -1;

	buf_init(&token, JWS_MAX);
	ledger_event_new(&e, l->facility, EVENT_RECOVERED, clock_now());
	draft = draft_event(&e);
	e.torn_bytes = (int64_t)n;
	if (hash_hex(torn, n, e.torn) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
	else
		r = enter(l, s, &draft, at, at + (off_t)n, &token, why);
	buf_free(&token);
	if (r == 0)
		l->recovered += n;
	return r;
}

/* A new ledger, or one that was torn in its first line. */
static int
begin(struct ledger *l, off_t size, struct why *why)
{
	struct buf line;
	int r;

	buf_init(&line, LEDGER_LINE_MAX);
	header_write(&line, l->facility, clock_now());
	l->n = 0;
	r = write_at(l, 0, &line, size, why);
	buf_free(&line);
	return r;
}

/* Finds where the next entry goes, and sets a torn line aside. The file is locked. */
static int
find_place(struct ledger *l, struct signer *s, struct why *why)
{
	struct tail t;
	struct stat st;
	size_t n;
	int r;

	if (fstat(l->fd, &st) == -1)
		return unwritable(l, why);
	if (st.st_size == l->end)
		return 0;
	if (read_tail(l, &t, why) == -1)
		return -1;
	n = (size_t)(t.size - t.whole);
	if (n > LEDGER_LINE_MAX) {
		why_set(why, ERR_LEDGER_DAMAGED, NULL, "%s ends in no line", l->path);
		r = -1;
	} else if (n > 0 && save_torn(l, t.bytes + t.len - n, n, why) == -1) {
		r = -1;
	} else {
		r = t.whole == 0 ? begin(l, t.size, why) : take_place(l, &t, why);
		if (r == 0 && n > 0)
			r = recover(
			    l, s, t.bytes + t.len - n, n, t.whole == 0 ? l->end : t.whole, why);
		if (r == 0 && n == 0 && t.whole != 0)
			l->end = t.whole;
	}
	free(t.bytes);
	return r;
}

static int
lock(const struct ledger *l, struct why *why)
{
	int r;

	while ((r = flock(l->fd, LOCK_EX)) == -1 && errno == EINTR)
		;
	return r == -1 ? unwritable(l, why) : 0;
}

int
ledger_append(struct ledger *l, struct signer *s, const struct ledger_draft *d, struct buf *token,
    struct why *why)
{
	int r;

	if (lock(l, why) == -1)
		return -1;
	r = find_place(l, s, why);
	if (r == 0)
		r = enter(l, s, d, l->end, l->end, token, why);
	flock(l->fd, LOCK_UN);
	return r;
}

/* A new ledger, whose name is on the disk, too. */
static int
begin_new(struct ledger *l, struct why *why)
{
	if (begin(l, 0, why) == -1)
		return -1;
	return dir_sync(l->path) == -1 ? unwritable(l, why) : 0;
}

/* What can be known before the first entry: a ledger that cannot take it must not let anybody ask. */
static int
look(struct ledger *l, struct why *why)
{
	struct tail t;
	int r;

	if (lock(l, why) == -1)
		return -1;
	if ((r = read_tail(l, &t, why)) == 0) {
		if (t.size == 0)
			r = begin_new(l, why);
		else if (t.whole > 0)
			r = take_place(l, &t, why);
		free(t.bytes);
	}
	flock(l->fd, LOCK_UN);
	return r;
}

struct ledger *
ledger_open(const char *path, const char *facility, struct why *why)
{
	struct ledger *l = calloc(1, sizeof *l);

	if (l == NULL || (l->path = strdup(path)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
		free(l);
		return NULL;
	}
	l->end = -1;
	memcpy(l->facility, facility, strnlen(facility, sizeof l->facility - 1));
	if ((l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) == -1)
		unwritable(l, why);
	else if (check_place(l, why) == 0 && look(l, why) == 0)
		return l;
	ledger_close(l);
	return NULL;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	if (l->fd != -1)
		close(l->fd);
	free(l->path);
	free(l);
}

const char *
ledger_last(const struct ledger *l)
{
	return l->prev;
}

uint64_t
ledger_recovered(const struct ledger *l)
{
	return l->recovered;
}
