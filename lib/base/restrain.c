/*
 * seccomp by class of call. Default is to allow: a list of what a filter may do breaks with every
 * new libc, a list of what it never needs does not, and files are Landlock's (landlock.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/landlock.h"
#include "base/restrain.h"

#ifdef OQ_RESTRAINT_KILL
#define REFUSE SCMP_ACT_KILL_PROCESS
#else
#define REFUSE SCMP_ACT_ERRNO(EPERM)
#endif

/* Calls that are refused unless the profile has one of the `unless` bits. */
static const struct call {
	int number;
	unsigned unless;
	unsigned args; /* 0 or 1 comparison */
	struct scmp_arg_cmp cmp;
} calls[] = {
	{ SCMP_SYS(execve), 0, 0, { 0 } },
	{ SCMP_SYS(execveat), 0, 0, { 0 } },
#ifndef __SANITIZE_ADDRESS__ /* its leak check traces the process from a clone of it */
	{ SCMP_SYS(ptrace), 0, 0, { 0 } },
#endif
	{ SCMP_SYS(process_vm_readv), 0, 0, { 0 } },
	{ SCMP_SYS(process_vm_writev), 0, 0, { 0 } },
	{ SCMP_SYS(mount), 0, 0, { 0 } },
	{ SCMP_SYS(unshare), 0, 0, { 0 } },
	{ SCMP_SYS(setns), 0, 0, { 0 } },
	{ SCMP_SYS(bpf), 0, 0, { 0 } },
	{ SCMP_SYS(keyctl), 0, 0, { 0 } },
	{ SCMP_SYS(io_uring_setup), 0, 0, { 0 } }, /* its calls pass no filter */
	{ SCMP_SYS(ioctl), 0, 1, { 1, SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI } },
	{ SCMP_SYS(ioctl), MAY_TTY, 1, { 1, SCMP_CMP_MASKED_EQ, 0xffffffff, 0x5402 } }, /* TCSETS */
	{ SCMP_SYS(ioctl), MAY_TTY, 1,
	    { 1, SCMP_CMP_MASKED_EQ, 0xffffffff, 0x5403 } }, /* TCSETSW */
	{ SCMP_SYS(ioctl), MAY_TTY, 1,
	    { 1, SCMP_CMP_MASKED_EQ, 0xffffffff, 0x5404 } }, /* TCSETSF */
	{ SCMP_SYS(listen), MAY_LISTEN, 0, { 0 } },
	{ SCMP_SYS(accept), MAY_LISTEN, 0, { 0 } },
	{ SCMP_SYS(accept4), MAY_LISTEN, 0, { 0 } },
#ifndef __SANITIZE_ADDRESS__
	{ SCMP_SYS(fork), MAY_FORK, 0, { 0 } },
	{ SCMP_SYS(vfork), MAY_FORK, 0, { 0 } },
	{ SCMP_SYS(clone), MAY_FORK, 1, { 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0 } },
	{ SCMP_SYS(clone), MAY_THREAD, 1, { 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD } },
#endif
	{ SCMP_SYS(creat), MAY_WRITE_FILES, 0, { 0 } },
	{ SCMP_SYS(open), MAY_WRITE_FILES | MAY_TTY, 1,
	    { 1, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY } },
	{ SCMP_SYS(open), MAY_WRITE_FILES | MAY_TTY, 1,
	    { 1, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDWR } },
	{ SCMP_SYS(openat), MAY_WRITE_FILES | MAY_TTY, 1,
	    { 2, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY } },
	{ SCMP_SYS(openat), MAY_WRITE_FILES | MAY_TTY, 1,
	    { 2, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDWR } },
	{ SCMP_SYS(unlink), MAY_WRITE_FILES, 0, { 0 } },
	{ SCMP_SYS(unlinkat), MAY_WRITE_FILES, 0, { 0 } },
	{ SCMP_SYS(rename), MAY_WRITE_FILES, 0, { 0 } },
	{ SCMP_SYS(renameat), MAY_WRITE_FILES, 0, { 0 } },
	{ SCMP_SYS(renameat2), MAY_WRITE_FILES, 0, { 0 } },
	{ SCMP_SYS(mkdir), MAY_WRITE_FILES, 0, { 0 } },
	{ SCMP_SYS(mkdirat), MAY_WRITE_FILES, 0, { 0 } },
	{ SCMP_SYS(truncate), MAY_WRITE_FILES, 0, { 0 } },
};

/* Families of socket(2), and the bits that allow each; every other family is refused. */
static const struct family {
	int number;
	unsigned needs;
} families[] = {
	{ AF_UNIX, MAY_UNIX }, { AF_INET, MAY_INET }, { AF_INET6, MAY_INET },
	{ AF_NETLINK, MAY_INET }, /* the resolver asks it which addresses this machine has */
};
#define FAMILIES    (sizeof families / sizeof *families)
#define LAST_FAMILY AF_NETLINK /* above it a comparison, up to it one by one */

static int
family_allowed(int number, unsigned may)
{
	for (size_t i = 0; i < FAMILIES; i++)
		if (families[i].number == number)
			return (families[i].needs & may) != 0;
	return 0;
}

static int
refuse_sockets(scmp_filter_ctx ctx, unsigned may)
{
	int failed = 0;

	if ((may & (MAY_UNIX | MAY_INET)) == 0)
		return seccomp_rule_add(ctx, REFUSE, SCMP_SYS(socket), 0);
	for (int f = 0; f <= LAST_FAMILY && !failed; f++)
		if (!family_allowed(f, may))
			failed = seccomp_rule_add(ctx, REFUSE, SCMP_SYS(socket), 1,
			    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)f));
	if (!failed)
		failed = seccomp_rule_add(
		    ctx, REFUSE, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, LAST_FAMILY));
	return failed;
}

static int
refuse_calls(scmp_filter_ctx ctx, unsigned may)
{
	int failed = 0;

	for (const struct call *c = calls; c < calls + sizeof calls / sizeof *calls; c++) {
		if ((c->unless & may) != 0)
			continue;
		failed = seccomp_rule_add_array(ctx, REFUSE, c->number, c->args, &c->cmp);
		if (failed)
			return failed;
	}
	/* clone3 hides its flags in memory; without it libc falls back to clone. */
	return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

int
restrain(const struct profile *p, struct why *why)
{
	scmp_filter_ctx ctx;
	int failed;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    landlock_enter(p) == -1) {
		why_set(why, ERR_RESTRAINT_FAILED, NULL, "%s: files: %s", p->name, strerror(errno));
		return -1;
	}
	if ((ctx = seccomp_init(SCMP_ACT_ALLOW)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s: seccomp", p->name);
		return -1;
	}
	if ((failed = refuse_sockets(ctx, p->may)) == 0 &&
	    (failed = refuse_calls(ctx, p->may)) == 0)
		failed = seccomp_load(ctx);
	seccomp_release(ctx);
	if (failed) {
		why_set(
		    why, ERR_RESTRAINT_FAILED, NULL, "%s: calls: %s", p->name, strerror(-failed));
		return -1;
	}
	return 0;
}
