#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "oqs/table.h"
#include "oqs/zip.h"

struct oqs_zip {
	struct archive *archive;
	int64_t bytes;
};

int
oqs_zip_is(const char *s, size_t n)
{
	return n >= 4 && memcmp(s, "PK\003\004", 4) == 0;
}

void
oqs_zip_close(struct oqs_zip *zip)
{
	if (zip == NULL)
		return;
	archive_read_free(zip->archive);
	free(zip);
}

/* A reader at the first entry, or NULL with why. */
static struct archive *
begin(int fd, const char *memory, size_t len, struct why *why)
{
	struct archive *a = archive_read_new();
	int r;

	if (a == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return NULL;
	}
	if (archive_read_support_format_zip(a) == ARCHIVE_OK) {
		if (memory != NULL)
			r = archive_read_open_memory(a, memory, len);
		else
			r = lseek(fd, 0, SEEK_SET) == -1
				? ARCHIVE_FATAL
				: archive_read_open_fd(a, fd, OQS_ZIP_ENTRIES * 1024);
		if (r == ARCHIVE_OK)
			return a;
	}
	why_set(why, ERR_OQS_ARCHIVE_REFUSED, NULL, "it cannot be opened");
	archive_read_free(a);
	return NULL;
}

/* What is wrong with an entry, for people; NULL if nothing. */
static const char *
objection(struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);

	if (path == NULL || *path == '\0')
		return "a file in it has no name";
	if (strchr(path, '/') != NULL || strchr(path, '\\') != NULL)
		return "a name in it is a path";
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL)
		return "something in it is no file";
	if (archive_entry_is_encrypted(entry))
		return "it is encrypted";
	if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > OQS_ZIP_BYTES)
		return "a file in it is too large";
	return NULL;
}

static int
ends_in_xml(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && strcasecmp(path + n - 4, ".xml") == 0;
}

/*
 * Looks at every entry. *at becomes the number (from 1) of the message. 0, or -1 with why.
 */
static int
choose(struct archive *a, const char *name, int *at, struct why *why)
{
	const struct oqs_message *wanted = oqs_message_find(name);
	int n = 0, xml = 0, xml_at = 0, same = 0, same_at = 0, r;
	struct archive_entry *entry;
	const char *wrong = NULL;

	while ((r = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		if ((wrong = objection(entry)) != NULL)
			break;
		if (++n > OQS_ZIP_ENTRIES) {
			wrong = "it holds too many files";
			break;
		}
		if (!ends_in_xml(archive_entry_pathname(entry)))
			continue;
		xml++, xml_at = n;
		if (wanted != NULL && oqs_message_find(archive_entry_pathname(entry)) == wanted)
			same++, same_at = n;
	}
	if (wrong == NULL && r != ARCHIVE_EOF)
		wrong = "it is not whole";
	if (wrong == NULL && same != 1 && (same > 1 || xml != 1))
		wrong = xml == 0 ? "it holds no XML file" : "it holds several XML files";
	if (wrong != NULL) {
		why_set(why, ERR_OQS_ARCHIVE_REFUSED, NULL, "%s", wrong);
		return -1;
	}
	*at = same == 1 ? same_at : xml_at;
	return 0;
}

struct oqs_zip *
oqs_zip_open(int fd, const char *memory, size_t len, const char *name, struct why *why)
{
	struct oqs_zip *zip = calloc(1, sizeof *zip);
	struct archive_entry *entry;
	int at = 0, chosen;

	if (zip == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return NULL;
	}
	if ((zip->archive = begin(fd, memory, len, why)) == NULL)
		goto fail;
	chosen = choose(zip->archive, name, &at, why);
	archive_read_free(zip->archive);
	zip->archive = NULL;
	if (chosen == -1 || (zip->archive = begin(fd, memory, len, why)) == NULL)
		goto fail;
	while (at-- > 0)
		if (archive_read_next_header(zip->archive, &entry) != ARCHIVE_OK) {
			why_set(why, ERR_OQS_ARCHIVE_REFUSED, NULL, "it is not whole");
			goto fail;
		}
	return zip;
fail:
	oqs_zip_close(zip);
	return NULL;
}

ssize_t
oqs_zip_read(struct oqs_zip *zip, char *out, size_t n, struct why *why)
{
	la_ssize_t got = archive_read_data(zip->archive, out, n);

	if (got < 0) {
		why_set(why, ERR_OQS_ARCHIVE_REFUSED, NULL, "its content is damaged");
		return -1;
	}
	if ((zip->bytes += got) > OQS_ZIP_BYTES) {
		why_set(why, ERR_OQS_ARCHIVE_REFUSED, NULL, "a file in it is too large");
		return -1;
	}
	return got;
}
