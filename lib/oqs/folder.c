#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "oqs/folder.h"

#define REQ	   "req"
#define RES	   "res"
#define PREFIX	   "oq-" /* of temporary names, which no connector takes for a request */
#define SUFFIX	   ".part"
#define GROUP	   3 /* characters that tell types of one name apart: OQS, YZK, TKK */
#define TAG_SIZE   14
#define RANDOM	   9 /* bytes that give 14 base32 characters and one bit more */
#define PATH_LIMIT ((size_t)PATH_MAX)

struct oqs_folder {
	char *dir, *archive;
	int keep;
	char tag[TAG_SIZE]; /* of the owner, in temporary names */
	int64_t settle;
	int inotify;
};

/* What failed is told apart by who can put it right. */
static enum error_id
error_of(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
		return ERR_FOLDER_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_FOLDER_READ_ONLY;
	case ENOMEM:
		return ERR_OUT_OF_MEMORY;
	default:
		return ERR_FOLDER_GONE; /* ENOENT, ENOTCONN, ESTALE, EHOSTDOWN, EIO, ... */
	}
}

int
oqs_folder_fail(const char *dir, const char *part, struct why *why)
{
	int number = errno;

	why_set(why, error_of(number), NULL, "%s/%s: %s", dir, part, strerror(number));
	return -1;
}

static int
fail(const struct oqs_folder *f, const char *part, struct why *why)
{
	return oqs_folder_fail(f->dir, part, why);
}

/* DIR/req/NAME and the like: the caller's, or NULL with errno. */
static char *
path_in(const struct oqs_folder *f, const char *part, const char *file)
{
	char *path;

	return asprintf(&path, "%s/%s/%s", f->dir, part, file) == -1 ? NULL : path;
}

static char *
path_of_part(const struct oqs_folder *f, const char *type, const char *name)
{
	char *path;

	return asprintf(&path, "%s/" REQ "/" PREFIX "%s-%.*s%s" SUFFIX, f->dir, f->tag, GROUP, type,
		   name) == -1
		   ? NULL
		   : path;
}

static char *
path_of_request(const struct oqs_folder *f, const char *type, const char *name)
{
	char *path;

	return asprintf(&path, "%s/" REQ "/%s_%s.xml", f->dir, type, name) == -1 ? NULL : path;
}

/* A short name for an owner: the same for the same one, another for nearly every other. */
static void
tag_of(const char *owner, char out[static TAG_SIZE])
{
	uint64_t h = 14695981039346656037U; /* FNV-1a */

	for (const char *p = owner; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211U;
	base32(out, (const unsigned char *)&h, sizeof h);
}

/* Are the two folders there, and may we use them? 0, or -1 with why. */
static int
usable(const struct oqs_folder *f, struct why *why)
{
	static const struct {
		const char *part;
		int mode;
	} parts[] = { { REQ, R_OK | W_OK | X_OK }, { RES, R_OK | X_OK } };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char *path = path_in(f, parts[i].part, "");
		int r = path == NULL ? -1 : access(path, parts[i].mode);

		free(path);
		if (r == -1)
			return fail(f, parts[i].part, why);
	}
	return 0;
}

struct oqs_folder *
oqs_folder_open(const struct oqs_folder_options *o, struct why *why)
{
	struct oqs_folder *f = calloc(1, sizeof *f);

	if (f != NULL) {
		f->keep = o->keep;
		f->settle = o->settle;
		f->inotify = -1;
		tag_of(o->owner, f->tag);
		f->dir = strdup(o->dir);
		f->archive = o->archive == NULL ? NULL : strdup(o->archive);
	}
	if (f == NULL || f->dir == NULL || (o->archive != NULL && f->archive == NULL)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", o->dir);
		oqs_folder_close(f);
		return NULL;
	}
	if (usable(f, why) == 0)
		return f;
	oqs_folder_close(f);
	return NULL;
}

/* A temporary name of this owner's? */
static int
is_ours(const struct oqs_folder *f, const char *file)
{
	size_t prefix = strlen(PREFIX), tag = strlen(f->tag), n = strlen(file);

	return n == prefix + tag + 1 + GROUP + (FOLDER_FREE_SIZE - 1) + strlen(SUFFIX) &&
	       strncmp(file, PREFIX, prefix) == 0 && strncmp(file + prefix, f->tag, tag) == 0 &&
	       strcmp(file + n - strlen(SUFFIX), SUFFIX) == 0;
}

static void
sweep(const struct oqs_folder *f)
{
	char *path = path_in(f, REQ, "");
	DIR *d = path == NULL ? NULL : opendir(path);
	struct dirent *entry;

	free(path);
	if (d == NULL)
		return;
	/* cppcheck-suppress readdirCalled ; nobody else reads this directory stream */
	while ((entry = readdir(d)) != NULL)
		if (is_ours(f, entry->d_name))
			unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
}

void
oqs_folder_close(struct oqs_folder *f)
{
	if (f == NULL)
		return;
	if (f->dir != NULL)
		sweep(f);
	if (f->inotify != -1)
		close(f->inotify);
	free(f->dir);
	free(f->archive);
	free(f);
}

void
oqs_folder_name(char out[static FOLDER_FREE_SIZE])
{
	unsigned char bytes[RANDOM];
	char chance[(RANDOM * 8 + 4) / 5 + 1], day[DATE_SIZE];

	date_format(date_today(), day);
	random_bytes(bytes, sizeof bytes);
	base32(chance, bytes, sizeof bytes);
	snprintf(out, FOLDER_FREE_SIZE, "%.2s%.2s%.2s%.14s", day + 2, day + 5, day + 8, chance);
}

/* Writes all of it, durably. 0, or -1 with errno. */
static int
write_durably(const char *path, const void *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), number;

	if (fd == -1)
		return -1;
	if (write_all(fd, text, len) == 0 && fsync(fd) == 0)
		return close(fd);
	number = errno;
	close(fd);
	unlink(path);
	errno = number;
	return -1;
}

int
oqs_folder_prepare(const struct oqs_folder *f, const char *type, const char *name, const void *text,
    size_t len, struct why *why)
{
	char *path = path_of_part(f, type, name);
	mode_t mask = umask(0117); /* the connector runs as another user */
	int r = path == NULL ? -1 : write_durably(path, text, len);

	umask(mask);
	if (r == -1)
		fail(f, REQ, why);
	free(path);
	return r;
}

int
oqs_folder_send(const struct oqs_folder *f, const char *type, const char *name, struct why *why)
{
	char *from = path_of_part(f, type, name), *to = path_of_request(f, type, name);
	int r = from == NULL || to == NULL ? -1 : rename(from, to);

	if (r == -1)
		fail(f, REQ, why);
	free(from);
	free(to);
	return r;
}

/* Is the folder itself there? Otherwise nothing can be said of what is in it. 0, or -1 with why. */
static int
there(const struct oqs_folder *f, const char *part, struct why *why)
{
	char *path = path_in(f, part, "");
	int r = path == NULL ? -1 : access(path, F_OK);

	if (r == -1)
		fail(f, part, why);
	free(path);
	return r;
}

int
oqs_folder_withdraw(const struct oqs_folder *f, const char *type, const char *name, struct why *why)
{
	char *path = path_of_request(f, type, name);
	int r = path == NULL ? -1 : unlink(path);

	if (r == 0)
		r = 1;
	else if (path != NULL && errno == ENOENT)
		r = there(f, REQ, why);
	else
		r = fail(f, REQ, why);
	free(path);
	return r;
}

/* Is the file there? 1, 0, or -1 with why. Takes the path. */
static int
has_file(const struct oqs_folder *f, const char *part, char *path, struct why *why)
{
	int r = path == NULL ? -1 : access(path, F_OK);

	if (r == 0)
		r = 1;
	else if (path != NULL && errno == ENOENT)
		r = there(f, part, why);
	else
		r = fail(f, part, why);
	free(path);
	return r;
}

/* A request moves on while one looks: so it is looked for in the order in which it moves. */
int
oqs_folder_where(const struct oqs_folder *f, const char *type, const char *name, struct why *why)
{
	struct oqs_reading reading = { .type = type }, *const one = &reading;
	int r;

	snprintf(reading.name, sizeof reading.name, "%s", name);
	if ((r = has_file(f, REQ, path_of_part(f, type, name), why)) != 0)
		return r == 1 ? OQS_PREPARED : -1;
	if ((r = has_file(f, REQ, path_of_request(f, type, name), why)) != 0)
		return r == 1 ? OQS_REQUESTED : -1;
	if (oqs_folder_scan(f, &one, 1, why) == -1)
		return -1;
	return reading.file[0] == '\0' ? OQS_NOWHERE : OQS_ANSWERED;
}

void
oqs_reading_free(struct oqs_reading *r)
{
	buf_free(&r->bytes);
	*r = (struct oqs_reading){ 0 };
}

/* Is this the file that answers? The name is that of the request with res for req; the extension is
 * the other side's to choose. */
static int
is_answer(const struct oqs_reading *r, const char *file)
{
	size_t n = strlen(r->type) - strlen(REQ), free_part = strlen(r->name);

	return strlen(file) > n + strlen(RES "_") + free_part &&
	       strncasecmp(file, r->type, n) == 0 &&
	       strncasecmp(file + n, RES "_", strlen(RES "_")) == 0 &&
	       strncasecmp(file + n + strlen(RES "_"), r->name, free_part) == 0 &&
	       file[n + strlen(RES "_") + free_part] == '.';
}

int
oqs_folder_scan(
    const struct oqs_folder *f, struct oqs_reading *const *readings, size_t n, struct why *why)
{
	char *path = path_in(f, RES, "");
	DIR *d = path == NULL ? NULL : opendir(path);
	struct dirent *entry;

	free(path);
	if (d == NULL)
		return fail(f, RES, why);
	for (size_t i = 0; i < n; i++)
		readings[i]->file[0] = '\0';
	errno = 0;
	/* cppcheck-suppress readdirCalled ; nobody else reads this directory stream */
	while ((entry = readdir(d)) != NULL) {
		for (size_t i = 0; i < n; i++)
			if (is_answer(readings[i], entry->d_name))
				snprintf(readings[i]->file, sizeof readings[i]->file, "%s",
				    entry->d_name);
		errno = 0;
	}
	if (errno != 0)
		fail(f, RES, why);
	n = errno != 0;
	closedir(d);
	return n ? -1 : 0;
}

static int
same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

int
oqs_folder_read(const struct oqs_folder *f, struct oqs_reading *r, int64_t now, int64_t *due)
{
	char *path = path_in(f, RES, r->file);
	struct buf bytes;
	int read;

	buf_init(&bytes, FOLDER_FILE_MAX);
	read = path != NULL && file_read(path, FOLDER_FILE_MAX, &bytes, NULL) == 0;
	free(path);
	if (read && r->since != 0 && same_bytes(&bytes, &r->bytes)) {
		buf_free(&bytes);
	} else {
		buf_free(&r->bytes);
		r->bytes = bytes;
		r->since = read ? now : 0;
	}
	*due = r->since == 0 ? now + f->settle : r->since + f->settle;
	return r->since != 0 && now >= *due;
}

/* To another file system it goes by copy. 0, or -1 with why. */
static int
move_file(const char *from, const char *to, struct why *why)
{
	struct whole copy = { 0 };
	struct buf bytes;
	int r = -1;

	if (rename(from, to) == 0)
		return 0;
	buf_init(&bytes, FOLDER_FILE_MAX);
	if (errno != EXDEV) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", to, strerror(errno));
		goto out;
	}
	if (file_read(from, FOLDER_FILE_MAX, &bytes, why) == -1 ||
	    whole_open(&copy, to, 0600, why) == -1)
		goto out;
	if (fwrite(bytes.data == NULL ? "" : bytes.data, 1, bytes.len, copy.fp) == bytes.len &&
	    whole_commit(&copy, why) == 0 && unlink(from) == 0)
		r = 0;
	else
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", to, strerror(errno));
out:
	whole_abort(&copy);
	buf_free(&bytes);
	return r;
}

int
oqs_folder_finish(const struct oqs_folder *f, const char *file, struct why *why)
{
	char *from, *to = NULL;
	int r = -1;

	if (f->keep)
		return 0;
	if ((from = path_in(f, RES, file)) == NULL ||
	    (f->archive != NULL && asprintf(&to, "%s/%s", f->archive, file) == -1)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", f->dir);
		to = NULL;
	} else if (f->archive != NULL) {
		r = move_file(from, to, why);
	} else if (unlink(from) == 0 || errno == ENOENT) {
		r = 0;
	} else {
		fail(f, RES, why);
	}
	free(from);
	free(to);
	return r;
}

int
oqs_folder_clear(const struct oqs_folder *f, const char *type, const char *name, struct why *why)
{
	struct oqs_reading reading = { .type = type }, *const one = &reading;

	if (f->keep)
		return 0;
	snprintf(reading.name, sizeof reading.name, "%s", name);
	if (oqs_folder_scan(f, &one, 1, why) == -1)
		return -1;
	return reading.file[0] == '\0' ? 0 : oqs_folder_finish(f, reading.file, why);
}

/* Events are only quicker: where there are none, or none any more, scanning is enough. */
int
oqs_folder_fd(struct oqs_folder *f)
{
	char *path;

	if (f->inotify != -1)
		return f->inotify;
	path = path_in(f, RES, "");
	f->inotify = path == NULL ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->inotify != -1 &&
	    inotify_add_watch(f->inotify, path, IN_CLOSE_WRITE | IN_MOVED_TO) == -1) {
		close(f->inotify);
		f->inotify = -1;
	}
	free(path);
	return f->inotify;
}

void
oqs_folder_drain(const struct oqs_folder *f)
{
	char events[4096];

	while (f->inotify != -1 && read(f->inotify, events, sizeof events) > 0)
		;
}
