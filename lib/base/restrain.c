#include <errno.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/filters.h"
#include "base/landlock.h"
#include "base/restrain.h"

/* 0, or -1 with errno. */
static int
refuse_calls(unsigned may)
{
	unsigned start = filter_start[may], end = filter_start[may + 1];
	const struct sock_fprog program = { .len = (unsigned short)(end - start),
		.filter = (struct sock_filter *)(uintptr_t)&filter_steps[start] };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int
restrain(const struct profile *p, struct why *why)
{
	const char *what = "files";
	int r = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);

	if (r == 0)
		r = prctl(PR_SET_DUMPABLE, 0);
	if (r == 0)
		r = landlock_enter(p);
	if (r == 0) {
		what = "calls";
		r = refuse_calls(p->may);
	}
	if (r == -1)
		why_set(
		    why, ERR_RESTRAINT_FAILED, NULL, "%s: %s: %s", p->name, what, strerror(errno));
	return r;
}
