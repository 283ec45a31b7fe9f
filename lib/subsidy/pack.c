#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "subsidy/pack.h"
#include "subsidy/utf8_names.h"

#define TIME_OF_ENTRIES 315532800 /* 1980-01-01T00:00:00Z, the first that a ZIP can say */
#define ZONE		"UTC0"	  /* libarchive writes local times; nothing of ours asks for any */
#define END_SIZE	22	  /* of the record at the end, without a comment */
#define CHUNK		65536

struct pack {
	struct archive *archive;
	struct archive_entry *entry;
	struct whole whole;
	struct digest *bytes, *file; /* of the archive, of the file being added */
	struct utf8_names names;
	char tail[END_SIZE]; /* the last bytes, not written yet: the seal changes them */
	size_t n_tail;
	int64_t size, n_files;
	int error; /* what stopped the writing, or 0 */
};

static int
fail(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "archive");
	return -1;
}

static int
unwritable(struct pack *p, struct why *why)
{
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", p->whole.path,
	    strerror(p->error != 0 ? p->error : errno));
	return -1;
}

/* --- where the bytes go ----------------------------------------------------------------------- */

static int
emit(struct pack *p, const void *bytes, size_t n)
{
	return n == 0 || (fwrite(bytes, 1, n, p->whole.fp) == n &&
			     digest_add(p->bytes, bytes, n) == 0)
		   ? 0
		   : -1;
}

/*
 * Keeps back the last bytes of all. It always succeeds, since libarchive leaks what it holds once this
 * has failed; what went wrong is remembered, and then nothing more is written.
 */
static la_ssize_t
take(struct archive *a, void *data, const void *bytes, size_t n)
{
	struct pack *p = data;
	const char *from = bytes;
	size_t out = p->n_tail + n > END_SIZE ? p->n_tail + n - END_SIZE : 0;
	size_t old = out < p->n_tail ? out : p->n_tail;

	(void)a;
	if (p->error == 0 && (emit(p, p->tail, old) == -1 || emit(p, from, out - old) == -1))
		p->error = errno == 0 ? EIO : errno;
	memmove(p->tail, p->tail + old, p->n_tail - old);
	p->n_tail -= old;
	memcpy(p->tail + p->n_tail, from + (out - old), n - (out - old));
	p->n_tail += n - (out - old);
	return (la_ssize_t)n;
}

/* --- opening ---------------------------------------------------------------------------------- */

void
pack_abort(struct pack *p)
{
	if (p == NULL)
		return;
	p->error = ECANCELED; /* what libarchive still wants to write goes nowhere */
	archive_write_free(p->archive);
	archive_entry_free(p->entry);
	digest_free(p->bytes);
	digest_free(p->file);
	whole_abort(&p->whole);
	utf8_names_end(&p->names);
	free(p);
}

static int
begin(struct pack *p)
{
	struct archive *a = p->archive = archive_write_new();

	return a != NULL && setenv("TZ", ZONE, 1) == 0 &&
	       (p->entry = archive_entry_new()) != NULL && (p->bytes = digest_new()) != NULL &&
	       (p->file = digest_new()) != NULL && archive_write_set_format_zip(a) == ARCHIVE_OK &&
	       archive_write_zip_set_compression_store(a) == ARCHIVE_OK &&
	       archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&
	       archive_write_open(a, p, NULL, take, NULL) == ARCHIVE_OK;
}

struct pack *
pack_open(const char *path, struct why *why)
{
	struct pack *p = calloc(1, sizeof *p);

	if (p == NULL) {
		fail(why);
		return NULL;
	}
	if (utf8_names_begin(&p->names) == -1 || !begin(p))
		fail(why);
	else if (whole_open(&p->whole, path, 0600, why) == 0)
		return p;
	pack_abort(p);
	return NULL;
}

/* --- adding ----------------------------------------------------------------------------------- */

static int
header(struct pack *p, const char *name, int64_t size, struct why *why)
{
	struct archive_entry *e = archive_entry_clear(p->entry);

	if (++p->n_files > PACK_FILES || size > PACK_BYTES - p->size) {
		why_set(why, ERR_EVIDENCE_TOO_LARGE, NULL, NULL);
		return -1;
	}
	p->size += size;
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, size);
	archive_entry_set_mtime(e, TIME_OF_ENTRIES, 0);
	if (archive_write_header(p->archive, e) == ARCHIVE_OK && p->error == 0)
		return 0;
	return unwritable(p, why);
}

static int
data(struct pack *p, const void *bytes, size_t n, struct why *why)
{
	if (n > 0 && (archive_write_data(p->archive, bytes, n) != (la_ssize_t)n ||
			 digest_add(p->file, bytes, n) == -1))
		return unwritable(p, why);
	return 0;
}

static int
finish(struct pack *p, char hex[static HEX_SIZE], struct why *why)
{
	if (digest_end(p->file, hex) == -1)
		return fail(why);
	if (archive_write_finish_entry(p->archive) == ARCHIVE_OK && p->error == 0)
		return 0;
	return unwritable(p, why);
}

int
pack_bytes(struct pack *p, const char *name, const void *bytes, size_t n, char hex[static HEX_SIZE],
    struct why *why)
{
	if (header(p, name, (int64_t)n, why) == -1 || data(p, bytes, n, why) == -1)
		return -1;
	return finish(p, hex, why);
}

int
pack_file(struct pack *p, const char *name, int fd, const char *what, char hex[static HEX_SIZE],
    struct why *why)
{
	char chunk[CHUNK];
	struct stat st;
	int64_t left;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		why_set(why, ERR_EVIDENCE_UNREADABLE, what, "it is no file");
		return -1;
	}
	if (header(p, name, st.st_size, why) == -1)
		return -1;
	for (left = st.st_size; left > 0;) {
		size_t want = left < CHUNK ? (size_t)left : CHUNK;
		ssize_t n = pread(fd, chunk, want, st.st_size - left);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			why_set(why, ERR_EVIDENCE_UNREADABLE, what, "%s",
			    n == -1 ? strerror(errno) : "it changed while it was read");
			return -1;
		}
		if (data(p, chunk, (size_t)n, why) == -1)
			return -1;
		left -= n;
	}
	return finish(p, hex, why);
}

int64_t
pack_size(const struct pack *p)
{
	return p->size;
}

/* --- closing ---------------------------------------------------------------------------------- */

/* Writes the record at the end and, where it is to be sealed, the comment behind it. */
static int
seal(struct pack *p, int sealed)
{
	char comment[SEAL_SIZE + 1] = SEAL_PREFIX;

	if (!sealed)
		return emit(p, p->tail, p->n_tail);
	if (p->n_tail != END_SIZE || memcmp(p->tail, "PK\005\006", 4) != 0)
		return -1;
	p->tail[END_SIZE - 2] = (char)SEAL_SIZE;
	if (emit(p, p->tail, END_SIZE) == -1 ||
	    digest_peek(p->bytes, comment + sizeof SEAL_PREFIX - 1) == -1)
		return -1;
	return emit(p, comment, SEAL_SIZE);
}

int
pack_close(struct pack *p, int sealed, char hex[static HEX_SIZE], struct why *why)
{
	int failed = archive_write_close(p->archive) != ARCHIVE_OK || p->error != 0 ||
		     seal(p, sealed) == -1 || digest_end(p->bytes, hex) == -1;

	if (failed)
		unwritable(p, why);
	else
		failed = whole_commit(&p->whole, why) == -1;
	pack_abort(p);
	return failed ? -1 : 0;
}
