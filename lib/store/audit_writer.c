/*
 * Which of the processes that write the audit this one is: the first free place, and the chain that
 * belongs to it, so that a chain goes on when a process ends and another takes its place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "store/audit_private.h"

#define LOCK_FILE "audit.lock"

/* The file of a place: audit.lock, audit.lock-2 and so on. 0, or -1 with why. */
static int
lock_path(char *out, size_t n, const char *dir, int place, struct why *why)
{
	char name[sizeof LOCK_FILE + 12] = LOCK_FILE;

	if (place > 1)
		snprintf(name, sizeof name, LOCK_FILE "-%d", place);
	return db_path(out, n, dir, name, why);
}

/* Its file holds the number of the process that has it. 0, or -1 with why. */
static int
sign(int fd, const char *path, struct why *why)
{
	char pid[24];

	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	if (ftruncate(fd, 0) == 0 && write_all(fd, pid, strlen(pid)) == 0)
		return 0;
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
	return -1;
}

/* Tries one place. 1, 0 if somebody has it, or -1 with why. */
static int
try_place(struct audit *a, const char *dir, int place, struct why *why)
{
	char path[4096];

	if (lock_path(path, sizeof path, dir, place, why) == -1)
		return -1;
	if ((a->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) == -1) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (flock(a->lock, LOCK_EX | LOCK_NB) == -1) {
		close(a->lock);
		a->lock = -1;
		return 0;
	}
	return sign(a->lock, path, why) == -1 ? -1 : 1;
}

/* The chain of the place, which begins with the first process that takes it. 0, or -1 with why. */
static int
read_writer(struct audit *a, int place, struct why *why)
{
	sqlite3_stmt *make = NULL, *read = NULL;
	int r = -1;

	if (db_prepare(a->db, &make,
		"INSERT OR IGNORE INTO writer VALUES(?, random() & 0x7fffffffffffffff)",
		why) == 0 &&
	    db_prepare(a->db, &read, "SELECT id FROM writer WHERE place = ?", why) == 0) {
		sqlite3_bind_int(make, 1, place);
		sqlite3_bind_int(read, 1, place);
		if ((r = db_done(make, why)) == 0 && sqlite3_step(read) == SQLITE_ROW)
			a->writer = sqlite3_column_int64(read, 0);
		else if (r == 0)
			r = db_failed(a->db, why);
	}
	sqlite3_finalize(make);
	sqlite3_finalize(read);
	return r;
}

int
writer_take(struct audit *a, const char *dir, struct why *why)
{
	int place = 1, r;

	while ((r = try_place(a, dir, place, why)) == 0 && place < AUDIT_WRITERS)
		place++;
	if (r == 0)
		why_set(why, ERR_STORE_IN_USE, NULL, "%s: by %d processes", dir, AUDIT_WRITERS);
	return r == 1 ? read_writer(a, place, why) : -1;
}
