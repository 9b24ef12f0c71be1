/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The escort: keeps a program of this machine running beside a container that
 * outlives its engine, such as the one that carries its packets, and ends it
 * with the container's first process. docs/launcher-protocol.md has its words.
 */
#include "roles.h"
#include "text.h"

enum {
	CONTROL = 0,
	INIT = 1,
	FIRST_LEAKED = 2,
	/* Above the numbers of standard streams, which the program gets. */
	KEPT_CONTROL = 10,
	KEPT_INIT = 11,
	FIRST_WORD = 2,
	NR_pidfd_open = 434,
};

enum { RUNNING, START, GROUPS };

static int answer(s32 step, long value)
{
	const s32 numbers[2] = { step, (s32)value };

	SYS6(NR_sendto, KEPT_CONTROL, numbers, sizeof(numbers), MSG_NOSIGNAL, 0,
	     0);
	return step != RUNNING;
}

/* Of a process that ends at once, so that nobody has to reap this one. */
static void hand_over(void)
{
	if (SYS5(NR_clone, SIGCHLD, 0, 0, 0, 0) > 0)
		sys_exit(0);
}

/* Standard streams are nobody's: the program may not have Java's. */
static void keep_descriptors(void)
{
	int i;

	sys_dup3(CONTROL, KEPT_CONTROL, O_CLOEXEC);
	sys_dup3(INIT, KEPT_INIT, O_CLOEXEC);
	SYS3(NR_close_range, FIRST_LEAKED, KEPT_CONTROL - 1, 0);
	SYS3(NR_close_range, KEPT_INIT + 1, ~0U, 0);
	for (i = 0; i < 3; i++) {
		sys_close(i);
		/* The lowest free number is this one. */
		SYS4(NR_openat, AT_FDCWD, "/dev/null", O_RDWR, 0);
	}
}

static long join(const char *file)
{
	long fd = sys_openat(AT_FDCWD, file, O_WRONLY, 0);
	long r = fd < 0 ? fd : sys_write((int)fd, "0", 1);

	if (fd >= 0)
		sys_close((int)fd);
	return r;
}

static void __attribute__((noreturn)) become(char **words)
{
	static const char *const environment[] = {
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C", 0
	};

	/* It ends with the escort, however that ends. */
	sys_prctl(1 /* PR_SET_PDEATHSIG */, SIGKILL, 0);
	SYS3(NR_execve, words[0], words, environment);
	sys_exit(127);
}

/* Until the container's first process has ended, or the program by itself. */
static void watch(s32 program)
{
	struct pollfd either[2] = { { KEPT_INIT, POLLIN, 0 },
				    { program, POLLIN, 0 } };

	while (SYS5(NR_ppoll, either, 2, 0, 0, 0) == -EINTR)
		;
}

/* argv: files of groups to join, a word of no path, the program's words. */
int escort_main(int argc, char **argv)
{
	int at = FIRST_WORD;
	long pid, program;

	hand_over();
	keep_descriptors();
	SYS0(NR_setsid);
	SYS1(NR_chdir, "/");
	sys_prctl(15 /* PR_SET_NAME */, (u64)"jollyboat-escort", 0);
	for (; at < argc && argv[at][0] == '/'; at++) {
		long r = join(argv[at]);

		if (r < 0)
			return answer(GROUPS, -r);
	}
	if (at + 1 >= argc)
		return answer(START, EINVAL);
	pid = SYS5(NR_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		become(argv + at + 1);
	program = pid < 0 ? pid : SYS2(NR_pidfd_open, pid, 0);
	if (program < 0)
		return answer(START, -program);
	answer(RUNNING, SYS0(NR_getpid));
	sys_close(KEPT_CONTROL);
	watch((s32)program);
	SYS2(NR_kill, pid, SIGKILL);
	return 0;
}
