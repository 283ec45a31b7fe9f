/* The files of a journal: made whole or not at all, private, one process at a time. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/journal_private.h"

#define MARK_SIZE 21

/* Makes the file under another name, so that a kill leaves it whole or not at all. */
static int
make_file(const char *path, const char *temporary, struct why *why)
{
	sqlite3 *db;
	int r;

	if (unlink(temporary) == -1 && errno != ENOENT) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", temporary, strerror(errno));
		return -1;
	}
	if (db_create(&db, temporary, &journal_format, why) == -1)
		return -1;
	r = db_settle(db, why);
	if (sqlite3_close(db) != SQLITE_OK || r == -1)
		return -1;
	if (rename(temporary, path) == 0)
		return 0;
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
	return -1;
}

static int
is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !(S_ISREG(st.st_mode) && st.st_size == 0);
}

static int
make(const char *path, struct why *why)
{
	char *copy = strdup(path), *temporary = sqlite3_mprintf("%s.new", path);
	const char *dir = copy == NULL ? "" : dirname(copy);
	int fd = -1, r = -1;

	if (copy == NULL || temporary == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
		goto out;
	}
	if (make_file(path, temporary, why) == -1)
		goto out;
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1 || fsync(fd) == -1) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", dir, strerror(errno));
		goto out;
	}
	r = 0;
out:
	if (fd != -1)
		close(fd);
	sqlite3_free(temporary);
	free(copy);
	return r;
}

/* 1 locked, 0 and the process that has it, -1 with errno. */
static int
try_lock(int fd, pid_t *pid)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &all) == 0)
		return 1;
	if ((errno != EACCES && errno != EAGAIN) || fcntl(fd, F_GETLK, &all) == -1)
		return -1;
	*pid = all.l_type == F_UNLCK ? 0 : all.l_pid; /* it may have ended since */
	return 0;
}

/* Which run the mark says is under way; 0: none. */
static int64_t
read_mark(const struct journal *j)
{
	char text[MARK_SIZE + 1] = "";

	return pread(j->lock, text, MARK_SIZE, 0) > 0 ? strtoll(text, NULL, 10) : 0;
}

/* Always as long, so that it is one write in place. 0, or -1 with errno. */
int
journal_mark(const struct journal *j, int64_t run)
{
	char text[MARK_SIZE + 1];

	snprintf(text, sizeof text, "%-*lld\n", MARK_SIZE - 1, (long long)run);
	return pwrite(j->lock, text, MARK_SIZE, 0) == MARK_SIZE ? 0 : -1;
}

/*
 * Locks the mark: by a lock of the process, because only these say whose they are, and not on the
 * journal itself, where it would fall with the first descriptor that SQLite closes.
 */
int
journal_lock(struct journal *j, const char *path, struct why *why)
{
	pid_t pid = 0;
	int locked = -1;

	j->lock = open(j->mark, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (j->lock != -1 && (locked = try_lock(j->lock, &pid)) == 0 && pid == 0)
		locked = try_lock(j->lock, &pid);
	if (locked == 1) {
		j->cut = read_mark(j);
		return 0;
	}
	if (locked == 0)
		why_set(why, ERR_JOURNAL_IN_USE, NULL, "%s: process %ld", path, (long)pid);
	else
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", j->mark, strerror(errno));
	return -1;
}

/*
 * What others could read is closed to them. By its name, never by a descriptor: closing one gives up
 * all locks of the process on the file, also those of a handle that reads it already
 * (--changed-since), and then whoever looks into it from outside takes its log away.
 */
static int
protect(const char *path, struct why *why)
{
	struct stat st;

	if (access(path, R_OK | W_OK) == 0 && stat(path, &st) == 0 &&
	    ((st.st_mode & 077) == 0 || chmod(path, 0600) == 0))
		return 0;
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
	return -1;
}

int
journal_make(const char *path, struct why *why)
{
	if (!is_there(path) && make(path, why) == -1)
		return -1;
	return protect(path, why);
}

static int
is_same(const char *path, const struct stat *was)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == was->st_dev && st.st_ino == was->st_ino;
}

int
journal_stands(const struct journal *j, struct why *why)
{
	const char *path = sqlite3_db_filename(j->db, "main");
	struct stat mark;

	if (is_same(path, &j->file) && fstat(j->lock, &mark) == 0 && is_same(j->mark, &mark))
		return 0;
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: somebody has removed it", path);
	return -1;
}
