#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "subsidy/pack.h"
#include "subsidy/unpack.h"
#include "subsidy/utf8_names.h"

#define CHUNK 65536

/* Where the bytes come from: a file, or memory where that is not NULL. */
struct origin {
	const char *memory;
	size_t n;
	int fd;
};

/* One archive being read. */
struct reading {
	struct archive *archive;
	struct digest *digest;
	int (*wanted)(const char *);
	struct unpacked *out;
	int64_t bytes;
	size_t texts;
	const struct origin *from;
	size_t at;
	int error; /* of reading from there, or 0 */
	char chunk[CHUNK];
	struct why *why;
};

static int
refuse(struct why *why, enum error_id id, const char *what)
{
	why_set(why, id, NULL, "%s", what);
	return -1;
}

static int
malformed(struct why *why, const char *what)
{
	return refuse(why, ERR_PACKAGE_MALFORMED, what);
}

/* --- the seal --------------------------------------------------------------------------------- */

/* n bytes from `at` on. 1; 0 when they are not there; -1 with errno when reading failed. */
static int
bytes_at(const struct origin *from, size_t at, void *out, size_t n)
{
	size_t got = 0;

	if (from->memory != NULL) {
		if (at > from->n || n > from->n - at)
			return 0;
		memcpy(out, from->memory + at, n);
		return 1;
	}
	while (got < n) {
		ssize_t r = pread(from->fd, (char *)out + got, n - got, (off_t)(at + got));

		if (r == -1 && errno == EINTR)
			continue;
		if (r <= 0)
			return (int)r;
		got += (size_t)r;
	}
	return 1;
}

/* Does the comment at the end hold the digest of all before it? 0, or -1 with why. */
static int
look_at_seal(const struct origin *from, struct unpacked *out, struct why *why)
{
	char comment[SEAL_SIZE + 1] = "", made[HEX_SIZE] = "", chunk[CHUNK];
	struct digest *digest = digest_new();
	size_t end = from->n < SEAL_SIZE ? 0 : from->n - SEAL_SIZE;
	int got = 1, sound = digest != NULL;

	for (size_t at = 0; sound && got == 1 && at < end;) {
		size_t n = end - at < CHUNK ? end - at : CHUNK;

		if ((got = bytes_at(from, at, chunk, n)) == 1)
			sound = digest_add(digest, chunk, n) == 0;
		at += n;
	}
	if (sound && got == 1 && (got = bytes_at(from, end, comment, SEAL_SIZE)) == 1)
		sound = digest_end(digest, made) == 0;
	digest_free(digest);
	if (!sound)
		return refuse(why, ERR_OUT_OF_MEMORY, "archive");
	if (got == -1)
		return refuse(why, ERR_INPUT_FAILED, strerror(errno));
	if (got == 1 && strncmp(comment, SEAL_PREFIX, sizeof SEAL_PREFIX - 1) == 0)
		out->seal =
		    strcmp(comment + sizeof SEAL_PREFIX - 1, made) == 0 ? SEAL_HOLDS : SEAL_BROKEN;
	return 0;
}

/* --- one file of it --------------------------------------------------------------------------- */

static struct member *
new_member(struct unpacked *u, const char *name)
{
	struct member *m;

	if (u->n == u->room) {
		size_t room = u->room == 0 ? 32 : 2 * u->room;

		if ((m = reallocarray(u->members, room, sizeof *m)) == NULL)
			return NULL;
		u->members = m;
		u->room = room;
	}
	m = &u->members[u->n];
	*m = (struct member){ .name = strdup(name) };
	if (m->name == NULL)
		return NULL;
	u->n++;
	buf_init(&m->text, UNPACK_TEXT_MAX);
	return m;
}

/* What stopped libarchive: 0 if it was the archive itself, or -1 with why. */
static int
look_at_error(struct reading *r)
{
	if (r->error != 0)
		return refuse(r->why, ERR_INPUT_FAILED, strerror(r->error));
	if (archive_errno(r->archive) == ENOMEM)
		return refuse(r->why, ERR_OUT_OF_MEMORY, "archive");
	return 0;
}

/* The bytes of a file. 0, or -1 with why. */
static int
read_bytes(struct reading *r, struct member *m)
{
	const int keep = r->wanted(m->name);
	char chunk[CHUNK];
	la_ssize_t n;

	while ((n = archive_read_data(r->archive, chunk, sizeof chunk)) > 0) {
		m->size += n;
		if ((r->bytes += n) > PACK_BYTES)
			return malformed(r->why, "it holds too many bytes");
		if (keep && (r->texts += (size_t)n) > UNPACK_TEXT_MAX)
			return malformed(r->why, "its texts are too long");
		if (digest_add(r->digest, chunk, (size_t)n) == -1 ||
		    (keep && buf_add(&m->text, chunk, (size_t)n) == -1))
			return refuse(r->why, ERR_OUT_OF_MEMORY, "archive");
	}
	if (n < 0 && look_at_error(r) == -1)
		return -1;
	if (n < 0)
		m->fault = MEMBER_DAMAGED;
	return digest_end(r->digest, m->sha256) == 0 ? 0
						     : refuse(r->why, ERR_OUT_OF_MEMORY, "archive");
}

static int
read_member(struct reading *r, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	struct member *m;

	if (r->out->n == PACK_FILES)
		return malformed(r->why, "it holds too many files");
	if ((m = new_member(r->out, name == NULL ? "" : name)) == NULL)
		return refuse(r->why, ERR_OUT_OF_MEMORY, "archive");
	if (archive_entry_filetype(e) == AE_IFREG && archive_entry_hardlink(e) == NULL &&
	    !archive_entry_is_encrypted(e))
		return read_bytes(r, m);
	m->fault = MEMBER_NO_FILE;
	return 0;
}

/* All of it. 0, or -1 with why. */
static int
read_members(struct reading *r)
{
	struct archive_entry *entry;
	int got;

	while ((got = archive_read_next_header(r->archive, &entry)) == ARCHIVE_OK ||
	       got == ARCHIVE_WARN)
		if (read_member(r, entry) == -1)
			return -1;
	r->out->whole = got == ARCHIVE_EOF;
	return r->out->whole ? 0 : look_at_error(r);
}

/* --- all of it -------------------------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void
put_in_order(struct unpacked *u)
{
	if (u->n > 0)
		qsort(u->members, u->n, sizeof *u->members, by_name);
	for (size_t i = 1; i < u->n; i++)
		if (strcmp(u->members[i - 1].name, u->members[i].name) == 0)
			u->members[i - 1].fault = u->members[i].fault = MEMBER_TWICE;
}

/* --- how libarchive reads: it does not tell a failed read from a damaged archive ---------------- */

static la_ssize_t
give(struct archive *a, void *data, const void **bytes)
{
	struct reading *r = data;
	size_t left = r->from->n - r->at, n = left < CHUNK ? left : CHUNK;
	int got = n == 0 ? 1 : bytes_at(r->from, r->at, r->chunk, n);

	(void)a;
	*bytes = r->chunk;
	if (got != 1) {
		r->error = got == -1 ? errno : EIO;
		return -1;
	}
	r->at += n;
	return (la_ssize_t)n;
}

static la_int64_t
seek(struct archive *a, void *data, la_int64_t offset, int whence)
{
	struct reading *r = data;
	const la_int64_t n = (la_int64_t)r->from->n;
	la_int64_t at = offset;

	(void)a;
	if (whence == SEEK_CUR)
		at += (la_int64_t)r->at;
	else if (whence == SEEK_END)
		at += n;
	if (at < 0 || at > n)
		return ARCHIVE_FATAL;
	r->at = (size_t)at;
	return at;
}

static int
begin(struct reading *r)
{
	struct archive *a = r->archive = archive_read_new();

	if (a == NULL || (r->digest = digest_new()) == NULL)
		return refuse(r->why, ERR_OUT_OF_MEMORY, "archive");
	/* The list at the end counts; what it does not name is not there for anybody. */
	if (archive_read_support_format_zip_seekable(a) == ARCHIVE_OK &&
	    archive_read_set_read_callback(a, give) == ARCHIVE_OK &&
	    archive_read_set_seek_callback(a, seek) == ARCHIVE_OK &&
	    archive_read_set_callback_data(a, r) == ARCHIVE_OK &&
	    archive_read_open1(a) == ARCHIVE_OK)
		return 0;
	return look_at_error(r) == -1 ? -1 : malformed(r->why, "it is no ZIP");
}

static int
unpack(
    const struct origin *from, int (*wanted)(const char *), struct unpacked *out, struct why *why)
{
	struct reading r = { .wanted = wanted, .out = out, .from = from, .why = why };
	struct utf8_names names = { 0 };
	int failed;

	*out = (struct unpacked){ 0 };
	if (from->n > 2 * (size_t)PACK_BYTES)
		return malformed(why, "it is too large");
	if (look_at_seal(from, out, why) == -1)
		return -1;
	if (utf8_names_begin(&names) == -1)
		return refuse(why, ERR_OUT_OF_MEMORY, "archive");
	failed = begin(&r);
	if (failed == 0)
		failed = read_members(&r);
	else if (out->seal == SEAL_BROKEN && why->id == ERR_PACKAGE_MALFORMED)
		failed = 0; /* it was one, and cannot be read any more */
	archive_read_free(r.archive);
	digest_free(r.digest);
	utf8_names_end(&names);
	put_in_order(out);
	return failed;
}

int
unpack_memory(
    const void *bytes, size_t n, int (*wanted)(const char *), struct unpacked *out, struct why *why)
{
	const struct origin from = { .memory = bytes, .n = n, .fd = -1 };

	return unpack(&from, wanted, out, why);
}

int
unpack_fd(int fd, int (*wanted)(const char *), struct unpacked *out, struct why *why)
{
	struct origin from = { .fd = fd };
	struct stat st;

	*out = (struct unpacked){ 0 };
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return malformed(why, "it is no file");
	from.n = (size_t)st.st_size;
	return unpack(&from, wanted, out, why);
}

void
unpacked_free(struct unpacked *u)
{
	for (size_t i = 0; i < u->n; i++) {
		free(u->members[i].name);
		buf_free(&u->members[i].text);
	}
	free(u->members);
	*u = (struct unpacked){ 0 };
}

const struct member *
unpacked_find(const struct unpacked *u, const char *name)
{
	const struct member key = { .name = (char *)(uintptr_t)name };

	return u->n == 0 ? NULL : bsearch(&key, u->members, u->n, sizeof *u->members, by_name);
}
