/*
 * vreader DIR
 *
 * A pcscd of one's own with a virtual reader of two slots (ports 40000 and 40001), in namespaces of
 * its own: no port or socket of the machine is touched, and any number may run side by side. Its
 * socket is DIR/run/pcscd/pcscd.comm. Writes DIR/pid (of pcscd) and DIR/pcscd.log. Ends with pcscd; pcscd ends with it. Any user may, where the kernel lets them.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRIVER "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"

static const char reader[] = "FRIENDLYNAME \"Test Reader\"\n"
			     "DEVICENAME /dev/null:0x9C40\n"
			     "LIBPATH " DRIVER "\n"
			     "CHANNELID 0x9C40\n";

static void
fail(const char *what)
{
	fprintf(stderr, "vreader: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
write_file(const char *dir, const char *name, const char *text)
{
	char path[4096];
	FILE *fp;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	if ((fp = fopen(path, "we")) == NULL || fputs(text, fp) == EOF || fclose(fp) == EOF)
		fail(path);
}

/* Namespaces of one's own; without privilege a user namespace first, in which we are root. */
static void
leave(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	char map[64];

	if (uid == 0 && unshare(CLONE_NEWNS | CLONE_NEWNET) == 0)
		return;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == -1)
		fail("namespaces");
	write_file("/proc/self", "setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
	write_file("/proc/self", "uid_map", map);
	snprintf(map, sizeof map, "0 %u 1", (unsigned)gid);
	write_file("/proc/self", "gid_map", map);
}

static void
loopback_up(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || ioctl(fd, SIOCGIFFLAGS, &lo) == -1)
		fail("loopback");
	lo.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &lo) == -1)
		fail("loopback");
	close(fd);
}

static void
make_directory(const char *path)
{
	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		fail(path);
}

static void
become_pcscd(const char *dir)
{
	char config[4096], log[4096];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(config, sizeof config, "%s/readers", dir);
	snprintf(log, sizeof log, "%s/pcscd.log", dir);
	if (freopen(log, "we", stdout) == NULL || dup2(1, 2) == -1)
		fail(log);
	/* --apdu would show PINs: the log must be fit to be searched for them. */
	execlp("/usr/sbin/pcscd", "pcscd", "--foreground", "--info", "-c", config, NULL);
	fail("pcscd");
}

int
main(int argc, char **argv)
{
	char config[4096], run[4096], sockets[4096], text[32];
	pid_t pid;

	if (argc != 2)
		return fputs("usage: vreader DIR\n", stderr), 2;
	snprintf(config, sizeof config, "%s/readers", argv[1]);
	snprintf(run, sizeof run, "%s/run", argv[1]);
	snprintf(sockets, sizeof sockets, "%s/run/pcscd", argv[1]);
	make_directory(config);
	make_directory(run);
	make_directory(sockets);
	write_file(config, "vpcd", reader);
	leave();
	loopback_up();
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount(run, "/run", NULL, MS_BIND, NULL) == -1)
		fail("/run");
	if ((pid = fork()) == 0)
		become_pcscd(argv[1]);
	snprintf(text, sizeof text, "%ld\n", (long)pid);
	write_file(argv[1], "pid", text);
	return waitpid(pid, NULL, 0) == pid ? 0 : 1;
}
