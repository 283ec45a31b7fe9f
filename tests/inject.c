/*
 * The fault interposer: makes one library call of a program fail (make faults).
 *
 *	LD_PRELOAD=inject.so OQ_INJECT=CALL:N:ERRNO [OQ_INJECT_MARK=FD] COMMAND
 *
 * The N-th call (from 1) of CALL, a row of the list at the end, fails with that errno (0: the
 * process is killed, after half of the bytes where it is a write); with a
 * + after N every later one fails too, as on a disk that stays full. When it happens the first
 * time a byte goes to descriptor FD, so that the caller knows where the last call was. Each is
 * counted over all threads.
 */
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern ssize_t __write(int, const void *, size_t);

static struct {
	char name[32];
	long nth;
	int always, error, mark;
	atomic_long count;
} fault;

__attribute__((constructor)) static void
choose(void)
{
	const char *spec = getenv("OQ_INJECT"), *mark = getenv("OQ_INJECT_MARK");
	char plus = '\0';

	fault.mark = mark == NULL ? -1 : atoi(mark);
	if (spec == NULL)
		return;
	if (sscanf(spec, "%31[a-z0-9_]:%ld+:%d", fault.name, &fault.nth, &fault.error) == 3)
		plus = '+';
	else if (sscanf(spec, "%31[a-z0-9_]:%ld:%d", fault.name, &fault.nth, &fault.error) != 3)
		abort();
	fault.always = plus == '+';
}

/* Is this the call that fails? Then errno is set. */
static int
fails(const char *name)
{
	long n;

	if (strcmp(fault.name, name) != 0)
		return 0;
	n = atomic_fetch_add(&fault.count, 1) + 1;
	if (n == fault.nth && fault.mark != -1)
		(void)!__write(fault.mark, "!", 1);
	if (n != fault.nth && !(fault.always && n > fault.nth))
		return 0;
	if (fault.error == 0)
		raise(SIGKILL);
	errno = fault.error;
	return 1;
}

/* A write that is to be killed leaves half of its bytes behind. */
static int
write_fails(int fd, const void *p, size_t n)
{
	if (fault.error == 0 && strcmp(fault.name, "write") == 0 &&
	    atomic_load(&fault.count) + 1 == fault.nth)
		(void)!__write(fd, p, n / 2);
	return fails("write");
}

/*
 * Libraries that do not outlive a lack of memory of their own, and are not ours to mend: their
 * allocations never fail. jansson 2.14 frees a string twice while it parses.
 */
static const char *const excused[] = { "libjansson" };

static int
memory_fails(const void *caller)
{
	Dl_info info;

	if (strcmp(fault.name, "malloc") != 0)
		return 0;
	if (dladdr(caller, &info) == 0 || info.dli_fname == NULL)
		return fails("malloc");
	for (size_t i = 0; i < sizeof excused / sizeof *excused; i++)
		if (strstr(info.dli_fname, excused[i]) != NULL)
			return 0;
	return fails("malloc");
}

/* These are called before dlsym() can be. */
void *
malloc(size_t n)
{
	return memory_fails(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return memory_fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return memory_fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}

void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, all);
}

/* open() and openat() have a mode only sometimes. */
#define OPEN(name, params, args)                                                                   \
	int name params                                                                            \
	{                                                                                          \
		static int (*next)(params_##name);                                                 \
		va_list ap;                                                                        \
		mode_t mode;                                                                       \
		va_start(ap, flags);                                                               \
		mode = va_arg(ap, mode_t);                                                         \
		va_end(ap);                                                                        \
		if (fails("open"))                                                                 \
			return -1;                                                                 \
		if (next == NULL)                                                                  \
			*(void **)&next = dlsym(RTLD_NEXT, #name);                                 \
		return next args;                                                                  \
	}
#define params_open	const char *, int, ...
#define params_open64	const char *, int, ...
#define params_openat	int, const char *, int, ...
#define params_openat64 int, const char *, int, ...
OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, (int fd, const char *path, int flags, ...), (fd, path, flags, mode))
OPEN(openat64, (int fd, const char *path, int flags, ...), (fd, path, flags, mode))

/* Every other call: its result, name, group it is counted with, parameters, and its failure. */
#define CALL(type, name, group, params, args, failure)                                             \
	type name params                                                                           \
	{                                                                                          \
		static type(*next) params;                                                         \
		if (fails(#group))                                                                 \
			return failure;                                                            \
		if (next == NULL)                                                                  \
			*(void **)&next = dlsym(RTLD_NEXT, #name);                                 \
		return next args;                                                                  \
	}
CALL(FILE *, fopen, fopen, (const char *path, const char *mode), (path, mode), NULL)
CALL(FILE *, fopen64, fopen, (const char *path, const char *mode), (path, mode), NULL)
CALL(FILE *, fdopen, fopen, (int fd, const char *mode), (fd, mode), NULL)
CALL(size_t, fread, fread, (void *p, size_t size, size_t n, FILE *fp), (p, size, n, fp), 0)
CALL(size_t, fwrite, fwrite, (const void *p, size_t size, size_t n, FILE *fp), (p, size, n, fp),
    (fp->_flags |= _IO_ERR_SEEN, 0)) /* ferror() tells, as with the real one */
CALL(int, fflush, fflush, (FILE * fp), (fp), EOF)
CALL(ssize_t, read, read, (int fd, void *p, size_t n), (fd, p, n), -1)
CALL(ssize_t, pread, read, (int fd, void *p, size_t n, off_t at), (fd, p, n, at), -1)
CALL(ssize_t, pread64, read, (int fd, void *p, size_t n, off64_t at), (fd, p, n, at), -1)
CALL(ssize_t, readv, read, (int fd, const struct iovec *v, int n), (fd, v, n), -1)
ssize_t
write(int fd, const void *p, size_t n)
{
	return write_fails(fd, p, n) ? -1 : __write(fd, p, n);
}
CALL(ssize_t, writev, write, (int fd, const struct iovec *v, int n), (fd, v, n), -1)
CALL(ssize_t, pwrite, write, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at), -1)
CALL(ssize_t, pwrite64, write, (int fd, const void *p, size_t n, off64_t at), (fd, p, n, at), -1)
CALL(ssize_t, send, send, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags), -1)
CALL(ssize_t, sendmsg, send, (int fd, const struct msghdr *m, int flags), (fd, m, flags), -1)
CALL(ssize_t, recv, recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags), -1)
CALL(int, fsync, fsync, (int fd), (fd), -1)
CALL(int, fdatasync, fsync, (int fd), (fd), -1)
CALL(int, ftruncate, ftruncate, (int fd, off_t n), (fd, n), -1)
CALL(int, ftruncate64, ftruncate, (int fd, off64_t n), (fd, n), -1)
CALL(int, rename, rename, (const char *from, const char *to), (from, to), -1)
CALL(int, unlink, unlink, (const char *path), (path), -1)
CALL(int, mkdir, mkdir, (const char *path, mode_t mode), (path, mode), -1)
CALL(int, fchmod, fchmod, (int fd, mode_t mode), (fd, mode), -1)
CALL(int, flock, flock, (int fd, int what), (fd, what), -1)
CALL(int, fstat, stat, (int fd, struct stat *st), (fd, st), -1)
CALL(int, stat, stat, (const char *path, struct stat *st), (path, st), -1)
CALL(int, poll, poll, (struct pollfd * fds, nfds_t n, int timeout), (fds, n, timeout), -1)
CALL(int, socket, socket, (int domain, int type, int protocol), (domain, type, protocol), -1)
CALL(int, connect, connect, (int fd, __CONST_SOCKADDR_ARG a, socklen_t n), (fd, a, n), -1)
CALL(int, bind, bind, (int fd, __CONST_SOCKADDR_ARG a, socklen_t n), (fd, a, n), -1)
CALL(int, listen, listen, (int fd, int n), (fd, n), -1)
CALL(int, pthread_create, pthread_create,
    (pthread_t * t, const pthread_attr_t *a, void *(*run)(void *), void *arg), (t, a, run, arg),
    EAGAIN)
CALL(ssize_t, getrandom, getrandom, (void *p, size_t n, unsigned flags), (p, n, flags), -1)

/* Those that give a thing back have given it back even when they report a failure. */
#define CLOSE(type, name, param, failure)                                                          \
	int name(type param)                                                                       \
	{                                                                                          \
		static int (*next)(type);                                                          \
		int result;                                                                        \
		if (next == NULL)                                                                  \
			*(void **)&next = dlsym(RTLD_NEXT, #name);                                 \
		result = next(param);                                                              \
		return fails(#name) ? failure : result;                                            \
	}
CLOSE(int, close, fd, -1)
CLOSE(FILE *, fclose, fp, EOF)
