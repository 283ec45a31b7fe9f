#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/file.h"

int
write_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/*
 * A device or a pipe is written as it stands: a rename would put a file in its place. So is
 * everything below /dev, where /dev/stdout is a link to what may be a file.
 */
static int
as_it_stands(const char *path)
{
	struct stat st;

	return strncmp(path, "/dev/", 5) == 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode));
}

int
whole_open(struct whole *w, const char *path, mode_t mode, struct why *why)
{
	int fd = -1;

	*w = (struct whole){ .path = strdup(path) };
	if (w->path != NULL && as_it_stands(path)) {
		if ((w->fp = fopen(path, "we")) == NULL)
			goto fail;
		return 0;
	}
	if (w->path == NULL || asprintf(&w->temporary, "%s.XXXXXX", path) == -1) {
		w->temporary = NULL;
		goto fail;
	}
	if ((fd = mkstemp(w->temporary)) == -1) {
		free(w->temporary);
		w->temporary = NULL;
		goto fail;
	}
	if (fchmod(fd, mode) == -1 || (w->fp = fdopen(fd, "w")) == NULL)
		goto fail;
	return 0;
fail:
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
	if (fd != -1 && w->fp == NULL)
		close(fd);
	whole_abort(w);
	return -1;
}

char *
file_directory(const char *path)
{
	char *copy = path == NULL ? NULL : strdup(path);
	char *dir = copy == NULL ? NULL : strdup(dirname(copy));

	free(copy);
	return dir;
}

int
dir_sync(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	int fd, failed;

	if (name == NULL)
		return -1;
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(name);
	if (fd == -1)
		return -1;
	failed = fsync(fd) == -1 && errno != EINVAL; /* some shares cannot */
	close(fd);
	return failed ? -1 : 0;
}

int
whole_commit(struct whole *w, struct why *why)
{
	FILE *fp = w->fp;
	int renamed = w->temporary != NULL;
	int failed = fflush(fp) == EOF || ferror(fp) || (renamed && fsync(fileno(fp)) == -1);

	w->fp = NULL;
	if (fclose(fp) == EOF)
		failed = 1;
	if (failed || (renamed && rename(w->temporary, w->path) == -1)) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", w->path, strerror(errno));
		whole_abort(w);
		return -1;
	}
	free(w->temporary);
	w->temporary = NULL;
	failed = renamed && dir_sync(w->path) == -1;
	if (failed)
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", w->path, strerror(errno));
	whole_abort(w);
	return failed ? -1 : 0;
}

void
whole_abort(struct whole *w)
{
	if (w->fp != NULL)
		fclose(w->fp);
	if (w->temporary != NULL)
		unlink(w->temporary);
	free(w->temporary);
	free(w->path);
	*w = (struct whole){ 0 };
}

int
file_open(const char *path, struct why *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	return fd;
}

int
file_take(int fd, const char *path, size_t max, struct buf *out, struct why *why)
{
	size_t start = out->len;
	char chunk[16384];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			break;
		if ((size_t)n > max - (out->len - start))
			n = -1, errno = EFBIG;
		else if (buf_add(out, chunk, (size_t)n) == -1)
			n = -1, errno = buf_failed(out);
		if (n == -1)
			break;
	}
	if (n == -1)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	close(fd);
	return n == -1 ? -1 : 0;
}

int
file_read(const char *path, size_t max, struct buf *out, struct why *why)
{
	int fd = file_open(path, why);

	return fd == -1 ? -1 : file_take(fd, path, max, out, why);
}

int
file_private(const char *path, struct why *why)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return 1;
	why_set(
	    why, ERR_KEY_EXPOSED, NULL, "%s has mode %04o", path, (unsigned)(st.st_mode & 07777));
	return 0;
}

int
dir_private(const char *path, struct why *why)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
	return -1;
}

void
file_hold_standard(void)
{
	static const int wrong_way[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		int held = fd;

		if (fcntl(fd, F_GETFD) == -1)
			held = open("/dev/null", wrong_way[fd]);
		if (held != fd)
			_exit(EXIT_LOCAL);
	}
}
