/*
 * Makes filters.c when oq is built: the calls that each set of a profile's bits refuses, as programs
 * for the kernel. libseccomp makes them; a command that starts need not have it do so again, which
 * took a sixth of the time in which oq-from-csv reads an empty list.
 *
 * Default is to allow: a list of what a filter may do breaks with every new libc, a list of what it
 * never needs does not, and files are Landlock's (landlock.c).
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/filters.h"

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
#ifndef OQ_SANITIZED /* its leak check traces the process from a clone of it */
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
#ifndef OQ_SANITIZED
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

/* The program that refuses what `may` lacks, as libseccomp writes it. Returns how many steps it has. */
static size_t
make_program(unsigned may, struct sock_filter *steps, size_t room)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	FILE *file = tmpfile();
	size_t n;

	if (ctx == NULL || file == NULL)
		err(1, "a filter");
	/* As a tree by number: the kernel walks through it for each call when it takes it over. */
	if (seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0 ||
	    refuse_sockets(ctx, may) != 0 || refuse_calls(ctx, may) != 0 ||
	    seccomp_export_bpf(ctx, fileno(file)) != 0)
		errx(1, "the filter of set %u cannot be made", may);
	rewind(file);
	n = fread(steps, sizeof *steps, room, file);
	if (n == 0 || n == room || ferror(file))
		errx(1, "the filter of set %u is too long", may);
	fclose(file);
	seccomp_release(ctx);
	return n;
}

int
main(void)
{
	struct sock_filter steps[1024];
	size_t start[MAY_SETS + 1] = { 0 };

	printf("#include \"base/filters.h\"\n\nconst struct sock_filter filter_steps[] = {\n");
	for (unsigned may = 0; may < MAY_SETS; may++) {
		size_t n = make_program(may, steps, sizeof steps / sizeof *steps);

		start[may + 1] = start[may] + n;
		for (size_t i = 0; i < n; i++)
			printf("\t{ 0x%x, %u, %u, 0x%x },\n", steps[i].code, steps[i].jt,
			    steps[i].jf, steps[i].k);
	}
	printf("};\n\nconst unsigned filter_start[MAY_SETS + 1] = {\n");
	for (size_t i = 0; i <= MAY_SETS; i++)
		printf("\t%zu,\n", start[i]);
	printf("};\n");
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
