#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/landlock.h"

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* All rights of the first version; REFER came with the second. */
#define ALL_RIGHTS   (LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1)
#define WRITE_RIGHTS (ALL_RIGHTS & ~LANDLOCK_ACCESS_FS_EXECUTE)
#define FILE_RIGHTS  (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)

/* What libc and OpenSSL read behind our back when they resolve, convert or translate. */
static const char *const always[] = { "/usr/lib", "/lib", "/usr/share/locale", "/etc/ssl",
	"/dev/null", "/dev/urandom",
#ifdef __SANITIZE_ADDRESS__
	"/proc",
#endif
	NULL };
static const char *const resolver[] = { "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf",
	"/etc/host.conf", "/etc/gai.conf", "/etc/services", "/run/systemd/resolve", NULL };
static const char *const terminal[] = { "/dev/tty", "/dev/pts", NULL };

static int
allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	struct stat st;
	int failed;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd == -1)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= FILE_RIGHTS;
	failed = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
	return failed;
}

static int
allow_all(int ruleset, const char *const *paths, uint64_t rights)
{
	for (; paths != NULL && *paths != NULL; paths++)
		if (allow(ruleset, *paths, rights) == -1)
			return -1;
	return 0;
}

int
landlock_enter(const struct profile *p)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ALL_RIGHTS };
	long version =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	uint64_t refer = version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
	int ruleset, failed;

	if (version == -1 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0;
	attr.handled_access_fs |= refer;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (ruleset == -1)
		return -1;
	failed = allow_all(ruleset, always, READ_RIGHTS) == -1 ||
		 allow_all(ruleset, p->read, READ_RIGHTS) == -1 ||
		 allow_all(ruleset, p->write, WRITE_RIGHTS | refer) == -1;
	if (!failed && (p->may & MAY_INET) != 0)
		failed = allow_all(ruleset, resolver, READ_RIGHTS) == -1;
	if (!failed && (p->may & MAY_TTY) != 0)
		failed = allow_all(ruleset, terminal, FILE_RIGHTS) == -1;
	if (!failed)
		failed = syscall(SYS_landlock_restrict_self, ruleset, 0) == -1;
	close(ruleset);
	return failed ? -1 : 0;
}
