/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the kernel for what a container must not have, with arguments that do no
 * harm where it is allowed, and prints "name error" for each: 0 where it works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *name, long result)
{
	printf("%s %d\n", name, result < 0 ? errno : 0);
	fflush(stdout);
}

#define CALL(name, ...) tell(#name, syscall(SYS_##name, ##__VA_ARGS__))

static void namespaces(void)
{
	long pid;

	CALL(unshare, CLONE_NEWNS);
	tell("unshare-user", syscall(SYS_unshare, CLONE_NEWUSER));
	CALL(setns, -1, 0);
	pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	tell("clone-user", pid);
	tell("clone3", syscall(435, 0, 0));
	while (wait(0) > 0)
		;
}

static void mounts(void)
{
	CALL(mount, "none", "/", "tmpfs", 0x20 /* remount: of another type */, 0);
	CALL(umount2, "/nowhere", 0);
	CALL(pivot_root, "/nowhere", "/nowhere");
	tell("fsopen", syscall(430, "none", 0));
	tell("open_tree", syscall(428, -100, "/nowhere", 1));
	tell("move_mount", syscall(429, -1, "", -1, "", 0));
	tell("mount_setattr", syscall(442, -1, "", 0, 0, 0));
}

static void machine(void)
{
	CALL(init_module, 0, 0, "");
	CALL(finit_module, -1, "", 0);
	CALL(delete_module, "nowhere", 0);
	CALL(kexec_load, 0, 0, 0, 0xffff0000);
	CALL(reboot, 0, 0, 0, 0);
	CALL(swapon, "/nowhere", 0);
	CALL(acct, "/nowhere");
	CALL(settimeofday, 0, "");
	CALL(clock_settime, 99, 0);
	CALL(syslog, 99, 0, 0);
	CALL(quotactl, 0, 0, 0, 0);
	CALL(sethostname, 0, -1);
#ifdef __x86_64__
	CALL(iopl, 9);
	CALL(ioperm, 0, -1, 1);
#endif
}

static void insight(void)
{
	CALL(bpf, 9999, 0, 0);
	CALL(perf_event_open, 0, 0, -1, -1, 0);
	tell("userfaultfd", syscall(SYS_userfaultfd, 0xffff));
	tell("io_uring_setup", syscall(425, 0, 0));
	CALL(open_by_handle_at, -1, 0, 0);
	CALL(kcmp, 1, 1, 99, 0, 0);
	tell("pidfd_getfd", syscall(438, -1, 0, 0));
}

static void keys(void)
{
	CALL(add_key, "user", "probe", "x", 1, -3);
	CALL(request_key, "user", "probe", 0, 0);
	CALL(keyctl, 0 /* get id */, -3, 0);
}

static void sockets(void)
{
	tell("socket-alg", socket(38, SOCK_SEQPACKET, 0));
	tell("socket-vsock", socket(40, SOCK_STREAM, 0));
	tell("socket-packet", socket(AF_PACKET, SOCK_RAW, 0));
	tell("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
	tell("socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
}

/* The same calls by the conventions that the processor serves beside its own. */
static void conventions(void)
{
#ifdef __x86_64__
	long result;

	errno = 0;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(310 /* unshare */), "b"(CLONE_NEWUTS)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = (int)-result;
	tell("int80-unshare", result);
	tell("x32-unshare", syscall(0x40000000 + SYS_unshare, CLONE_NEWUTS));
#endif
	tell("personality", syscall(SYS_personality, 0x0040000));
	tell("unknown", syscall(9999));
}

static void terminal(void)
{
	int fd = open("/dev/tty", O_RDWR);

	tell("open-tty", fd);
	tell("inject", ioctl(0, TIOCSTI, "x"));
}

/* New namespaces last: whoever is in one is refused for other reasons. */
int main(void)
{
	mounts();
	machine();
	insight();
	keys();
	sockets();
	conventions();
	terminal();
	namespaces();
	return 0;
}
