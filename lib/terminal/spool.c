#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "oqs/folder.h"
#include "terminal/spool.h"

#define REQ	  "req"
#define RES	  "res"
#define FACE	  "face"
#define WORK	  ".oq-terminal"
#define TAKEN	  "taken-"
#define READY	  "ready-"
#define PART	  "part-"
#define NOTE	  "note-"
#define PERSON	  "person-"
#define BULK	  "bulk-"
#define BULK_MAX  ((size_t)16 << 20)
#define BULK_KEEP ((int64_t)7 * 24 * 60 * 60)
#define NOTE_MAX  ((size_t)64 << 10)
#define SUFFIX	  ".xml"
#define KIND_AT	  10   /* "req" in OQSsiquc01req */
#define FILE_MODE 0660 /* the receipt computer runs as another user */

/* A request that was seen in req. */
struct seen {
	struct seen *next;
	char *name;
	struct timespec written;
	off_t size;
	int64_t since; /* clock_tick() when it was first seen like this */
	int found, told;
};

struct spool {
	char *dir;
	int64_t settle;
	int lock;
	struct seen *seen; /* by name */
	char **left;
	size_t n_left, at_left;
};

/* Names of requests may hold a patient's number: the folder is enough. */
static int
fail(const struct spool *s, const char *part, struct why *why)
{
	return oqs_folder_fail(s->dir, part, why);
}

/* DIR/PART/PREFIXNAME: the caller's, or NULL. */
static char *
path_of(const struct spool *s, const char *part, const char *prefix, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s/%s%s", s->dir, part, prefix, name) == -1 ? NULL : path;
}

/* The same for the response: req becomes res. */
static char *
path_of_response(const struct spool *s, const char *name)
{
	char *path = path_of(s, RES, "", name);

	if (path != NULL) {
		char *kind = path + strlen(path) - strlen(name) + KIND_AT;

		memcpy(kind, isupper((unsigned char)*kind) ? "RES" : RES, strlen(RES));
	}
	return path;
}

/* 0, or -1 with errno. Takes both paths. */
static int
move(char *from, char *to)
{
	int r = from == NULL || to == NULL ? -1 : rename(from, to), number = errno;

	free(from);
	free(to);
	errno = number;
	return r;
}

static int
discard(char *path)
{
	int r = path == NULL ? -1 : unlink(path), number = errno;

	free(path);
	errno = number;
	return r == -1 && number == ENOENT ? 0 : r;
}

static int
ends_with_suffix(const char *name)
{
	size_t n = strlen(name);

	return n > strlen(SUFFIX) && strcasecmp(name + n - strlen(SUFFIX), SUFFIX) == 0;
}

/* <group><si|mu><function><NN>req_<free part>.xml */
static int
is_request(const char *name)
{
	static const char form[] = "AAAsiAAA00" REQ "_", many[] = "AAAmuAAA00" REQ "_";

	if (!ends_with_suffix(name))
		return 0;
	for (size_t i = 0; form[i] != '\0'; i++) {
		int c = tolower((unsigned char)name[i]), fits;

		if (form[i] == 'A')
			fits = isalpha(c);
		else if (form[i] == '0')
			fits = isdigit(c);
		else
			fits = c == form[i] || c == many[i];
		if (!fits)
			return 0;
	}
	return 1;
}

static int
make_folders(const struct spool *s, struct why *why)
{
	static const char *const parts[] = { "", REQ, RES, FACE, WORK };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char *path = path_of(s, parts[i], "", "");
		int r;

		if (path == NULL)
			return fail(s, parts[i], why);
		path[strlen(path) - 1] = '\0';
		r = dir_private(path, why);
		free(path);
		if (r == -1)
			return -1;
	}
	return 0;
}

static int
lock_work(struct spool *s, struct why *why)
{
	char *path = path_of(s, WORK, "", "lock");

	s->lock = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(path);
	if (s->lock == -1)
		return fail(s, WORK, why);
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return fail(s, WORK, why);
	why_set(why, ERR_STORE_IN_USE, NULL, "%s", s->dir);
	return -1;
}

static int
keep_left(struct spool *s, const char *name)
{
	char **more = realloc(s->left, (s->n_left + 1) * sizeof *more);

	if (more == NULL)
		return -1;
	s->left = more;
	if ((more[s->n_left] = strdup(name)) == NULL)
		return -1;
	s->n_left++;
	return 0;
}

/* A bulk request whose result nobody will fetch any more? */
static int
is_old(const struct spool *s, const char *file)
{
	char *path = path_of(s, WORK, "", file);
	struct stat st;
	int old = path != NULL && stat(path, &st) == 0 && st.st_mtime < clock_now() - BULK_KEEP;

	free(path);
	return old;
}

/* What a run before left: 0, or -1 with errno. */
static int
recover(struct spool *s, const char *file)
{
	const char *name = file + strlen(TAKEN);
	char *ready;
	int r;

	if (strncmp(file, READY, strlen(READY)) == 0 && is_request(name)) {
		if (discard(path_of(s, WORK, TAKEN, name)) == -1)
			return -1;
		return move(path_of(s, WORK, READY, name), path_of_response(s, name));
	}
	if (strncmp(file, TAKEN, strlen(TAKEN)) == 0 && is_request(name)) {
		if ((ready = path_of(s, WORK, READY, name)) == NULL)
			return -1;
		r = access(ready, F_OK) == 0 ? 0 : keep_left(s, name);
		free(ready);
		return r;
	}
	if (strncmp(file, BULK, strlen(BULK)) == 0)
		return is_old(s, file) ? discard(path_of(s, WORK, "", file)) : 0;
	if (*file == '.' || strcmp(file, "lock") == 0 || strncmp(file, NOTE, strlen(NOTE)) == 0 ||
	    strncmp(file, PERSON, strlen(PERSON)) == 0)
		return 0;
	return discard(path_of(s, WORK, "", file)); /* was being written */
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
recover_all(struct spool *s, struct why *why)
{
	char *path = path_of(s, WORK, "", "");
	struct dirent **files = NULL;
	int n = path == NULL ? -1 : scandir(path, &files, NULL, alphasort), r = n == -1 ? -1 : 0;

	free(path);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = recover(s, files[i]->d_name);
		free(files[i]);
	}
	if (r == -1)
		fail(s, WORK, why);
	free(files);
	if (s->n_left > 0)
		qsort(s->left, s->n_left, sizeof *s->left, by_name);
	return r;
}

struct spool *
spool_open(const char *dir, int64_t settle, struct why *why)
{
	struct spool *s = calloc(1, sizeof *s);

	if (s != NULL) {
		s->settle = settle;
		s->lock = -1;
		s->dir = strdup(dir);
	}
	if (s == NULL || s->dir == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", dir);
	else if (make_folders(s, why) == 0)
		return s;
	spool_close(s);
	return NULL;
}

int
spool_serve(struct spool *s, struct why *why)
{
	return lock_work(s, why) == -1 || recover_all(s, why) == -1 ? -1 : 0;
}

static void
seen_free(struct seen *one)
{
	free(one->name);
	free(one);
}

void
spool_close(struct spool *s)
{
	struct seen *next;

	if (s == NULL)
		return;
	for (struct seen *one = s->seen; one != NULL; one = next) {
		next = one->next;
		seen_free(one);
	}
	for (size_t i = 0; i < s->n_left; i++)
		free(s->left[i]);
	free(s->left);
	if (s->lock != -1)
		close(s->lock);
	free(s->dir);
	free(s);
}

int
spool_left(struct spool *s, char name[static NAME_MAX + 1])
{
	if (s->at_left == s->n_left)
		return 0;
	snprintf(name, NAME_MAX + 1, "%s", s->left[s->at_left++]);
	return 1;
}

/* Where the name stands in the list, or belongs. */
static struct seen **
place_of(struct spool *s, const char *name)
{
	struct seen **at = &s->seen;

	while (*at != NULL && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	return at;
}

static int
is_same(const struct seen *one, const struct stat *st)
{
	return one->size == st->st_size && one->written.tv_sec == st->st_mtim.tv_sec &&
	       one->written.tv_nsec == st->st_mtim.tv_nsec;
}

/* Brings one entry up to date. 0, or -1 with errno. */
static int
note(struct spool *s, const char *name, const struct stat *st)
{
	struct seen **at = place_of(s, name), *one = *at;

	if (one == NULL || strcmp(one->name, name) != 0) {
		if ((one = calloc(1, sizeof *one)) == NULL || (one->name = strdup(name)) == NULL) {
			free(one);
			return -1;
		}
		one->next = *at;
		*at = one;
		one->since = clock_tick();
	} else if (!is_same(one, st)) {
		one->since = clock_tick();
	}
	one->size = st->st_size;
	one->written = st->st_mtim;
	one->found = 1;
	one->told = 0;
	return 0;
}

static void
drop_gone(struct spool *s)
{
	struct seen **at = &s->seen, *gone;

	while ((gone = *at) != NULL) {
		if (gone->found) {
			gone->found = 0;
			at = &gone->next;
			continue;
		}
		*at = gone->next;
		seen_free(gone);
	}
}

int
spool_scan(struct spool *s, struct why *why)
{
	char *path = path_of(s, REQ, "", "");
	DIR *d = path == NULL ? NULL : opendir(path);
	struct dirent *entry;
	struct stat st;
	int r = 0, number;

	free(path);
	if (d == NULL)
		return fail(s, REQ, why);
	errno = 0;
	/* cppcheck-suppress readdirCalled ; nobody else reads this directory stream */
	while (r == 0 && (entry = readdir(d)) != NULL) {
		if (is_request(entry->d_name) &&
		    fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			r = note(s, entry->d_name, &st);
		if (r == 0)
			errno = 0; /* a file may have been taken back meanwhile */
	}
	number = errno;
	closedir(d);
	drop_gone(s);
	errno = number;
	return number == 0 ? 0 : fail(s, REQ, why);
}

int
spool_next(struct spool *s, char name[static NAME_MAX + 1], int64_t *since)
{
	for (struct seen *one = s->seen; one != NULL; one = one->next)
		if (!one->told && clock_tick() - one->since >= s->settle) {
			one->told = 1;
			*since = one->since;
			snprintf(name, NAME_MAX + 1, "%s", one->name);
			return 1;
		}
	return 0;
}

int
spool_read(const struct spool *s, const char *name, int taken, struct buf *out, struct why *why)
{
	char *path = taken ? path_of(s, WORK, TAKEN, name) : path_of(s, REQ, "", name);
	int r = path == NULL ? -1 : file_read(path, SPOOL_FILE_MAX, out, NULL);

	free(path);
	return r == -1 ? fail(s, taken ? WORK : REQ, why) : 0;
}

int
spool_take(struct spool *s, const char *name, struct why *why)
{
	if (move(path_of(s, REQ, "", name), path_of(s, WORK, TAKEN, name)) == 0)
		return 1;
	return errno == ENOENT ? 0 : fail(s, REQ, why);
}

int
spool_identity(
    const struct spool *s, const char *name, const struct buf *bytes, char *out, struct why *why)
{
	char *path = path_of(s, WORK, TAKEN, name);
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct buf text;
	struct stat st;
	int r = -1;

	buf_init(&text, 2 * SPOOL_FILE_MAX);
	if (path == NULL || stat(path, &st) == -1)
		goto out;
	buf_addf(&text, "%s %lld.%09ld ", name, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	buf_add(&text, bytes->data == NULL ? "" : bytes->data, bytes->len);
	if (buf_failed(&text)) {
		errno = ENOMEM;
	} else if (EVP_Digest(text.data, text.len, hash, NULL, EVP_sha256(), NULL) == 1) {
		base32(out, hash, 16);
		r = 0;
	}
out:
	free(path);
	buf_free(&text);
	return r == -1 ? fail(s, WORK, why) : 0;
}

/* Writes a file in the place for work, whole. 0, or -1 with why. */
static int
write_work(const struct spool *s, const char *prefix, const char *name, const void *bytes, size_t n,
    struct why *why)
{
	char *path = path_of(s, WORK, prefix, name);
	struct whole whole = { 0 };
	int failed = path == NULL || whole_open(&whole, path, FILE_MODE, NULL) == -1 ||
		     fwrite(bytes, 1, n, whole.fp) != n || whole_commit(&whole, NULL) == -1;

	if (failed)
		fail(s, WORK, why);
	whole_abort(&whole);
	free(path);
	return failed ? -1 : 0;
}

int
spool_ready(const struct spool *s, const char *name, const struct buf *response, struct why *why)
{
	if (write_work(s, READY, name, response->data, response->len, why) == -1)
		return -1;
	return discard(path_of(s, WORK, TAKEN, name)) == -1 ? fail(s, WORK, why) : 0;
}

int
spool_answer(const struct spool *s, const char *name, struct why *why)
{
	int r = move(path_of(s, WORK, READY, name), path_of_response(s, name));

	return r == -1 ? fail(s, RES, why) : 0;
}

int
spool_forget(const struct spool *s, const char *name, struct why *why)
{
	if (discard(path_of(s, WORK, TAKEN, name)) == -1 ||
	    discard(path_of(s, WORK, READY, name)) == -1)
		return fail(s, WORK, why);
	return 0;
}

/* As a writer does that knows of no temporary names. 0, or -1 with errno. Takes the path. */
static int
write_in_place(char *path, const void *bytes, size_t n)
{
	int fd =
	    path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	int r = fd == -1 || fchmod(fd, FILE_MODE) == -1 ? -1 : write_all(fd, bytes, n);
	int number = errno;

	if (fd != -1)
		close(fd);
	free(path);
	errno = number;
	return r;
}

int
spool_instead(const struct spool *s, const char *name, const void *bytes, size_t n, int whole,
    struct why *why)
{
	int r;

	if (whole && write_work(s, PART, name, bytes, n, why) == -1)
		return -1;
	r = whole ? move(path_of(s, WORK, PART, name), path_of_response(s, name))
		  : write_in_place(path_of_response(s, name), bytes, n);
	return r == -1 ? fail(s, RES, why) : 0;
}

int
spool_face(const struct spool *s, const char *name, const struct buf *bytes, struct why *why)
{
	if (write_work(s, PART, name, bytes->data, bytes->len, why) == -1)
		return -1;
	return move(path_of(s, WORK, PART, name), path_of(s, FACE, "", name)) == -1
		   ? fail(s, FACE, why)
		   : 0;
}

int
spool_note(const struct spool *s, const struct buf *bytes, struct why *why)
{
	char name[ASK_SIZE];

	ask_new(name);
	if (write_work(s, PART, name, bytes->data, bytes->len, why) == -1)
		return -1;
	return move(path_of(s, WORK, PART, name), path_of(s, WORK, NOTE, name)) == -1
		   ? fail(s, WORK, why)
		   : 0;
}

int
spool_notes(
    const struct spool *s, int (*look)(void *arg, const struct buf *), void *arg, struct why *why)
{
	char *path = path_of(s, WORK, "", "");
	DIR *d = path == NULL ? NULL : opendir(path);
	struct dirent *entry;

	free(path);
	if (d == NULL)
		return fail(s, WORK, why);
	/* cppcheck-suppress readdirCalled ; nobody else reads this directory stream */
	while ((entry = readdir(d)) != NULL) {
		struct buf bytes;

		if (strncmp(entry->d_name, NOTE, strlen(NOTE)) != 0)
			continue;
		buf_init(&bytes, NOTE_MAX);
		path = path_of(s, WORK, "", entry->d_name);
		if (path != NULL && file_read(path, NOTE_MAX, &bytes, NULL) == 0 &&
		    look(arg, &bytes) == 1)
			unlinkat(dirfd(d), entry->d_name, 0);
		free(path);
		buf_free(&bytes);
	}
	closedir(d);
	return 0;
}

int
spool_keep(const struct spool *s, const char *number, const struct buf *bytes, struct why *why)
{
	if (write_work(s, PART, number, bytes->data, bytes->len, why) == -1)
		return -1;
	return move(path_of(s, WORK, PART, number), path_of(s, WORK, BULK, number)) == -1
		   ? fail(s, WORK, why)
		   : 0;
}

int
spool_kept(const struct spool *s, const char *number, struct buf *bytes, struct why *why)
{
	char *path = NULL;
	int r = 0;

	if (number[0] != '\0' && strspn(number, "0123456789") == strlen(number) &&
	    (path = path_of(s, WORK, BULK, number)) != NULL)
		r = file_read(path, BULK_MAX, bytes, NULL) == 0 ? 1 : errno == ENOENT ? 0 : -1;
	free(path);
	return r == -1 ? fail(s, WORK, why) : r;
}

int
spool_register(const struct spool *s, const char *key, const struct buf *bytes, struct why *why)
{
	if (write_work(s, PART, key, bytes->data, bytes->len, why) == -1)
		return -1;
	return move(path_of(s, WORK, PART, key), path_of(s, WORK, PERSON, key)) == -1
		   ? fail(s, WORK, why)
		   : 0;
}

int
spool_registered(const struct spool *s, const char *key, struct buf *bytes, struct why *why)
{
	char *path = path_of(s, WORK, PERSON, key);
	int r = path == NULL				      ? -1
		: file_read(path, NOTE_MAX, bytes, NULL) == 0 ? 1
		: errno == ENOENT			      ? 0
							      : -1;

	free(path);
	return r == -1 ? fail(s, WORK, why) : r;
}
