/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that run in the child's namespaces before the container's does. */
#include "operations.h"
#include "paths.h"

/* In place of an error number: this much, and the program's exit status. */
#define EXIT_STATUS 0x1000

/*
 * Reads the container's state from its start; writes where Java looks; works in
 * the container's root, where it may be still on the outside.
 */
static void __attribute__((noreturn))
become_hook(int state, char **argv, char **envp)
{
	SYS1(NR_umask, 022);
	if (root_fd >= 0)
		SYS1(NR_fchdir, root_fd);
	SYS3(NR_lseek, state, 0, 0);
	sys_dup3(state, 0, 0);
	sys_dup3(state + 1, 1, 0);
	sys_dup3(state + 1, 2, 0);
	SYS3(NR_close_range, CONTROL_FD, ~0U, CLOSE_RANGE_CLOEXEC);
	SYS3(NR_execve, argv[0], argv + 1, envp);
	sys_exit(127);
}

static long await_hook(int pid, int pidfd, u32 seconds)
{
	struct pollfd p = { pidfd, POLLIN, 0 };
	struct timespec limit = { seconds, 0 };
	int status = 0;
	long n;

	do
		n = SYS5(NR_ppoll, &p, 1, seconds ? &limit : 0, 0, 0);
	while (n == -EINTR);
	if (n == 0)
		SYS4(NR_pidfd_send_signal, pidfd, SIGKILL, 0, 0);
	SYS4(NR_wait4, pid, &status, 0, 0);
	if (n == 0)
		return -ETIMEDOUT;
	if (!status)
		return 0;
	return -(EXIT_STATUS + (status & 0x7f ? 128 + (status & 0x7f) :
						status >> 8 & 0xff));
}

/*
 * text: the program's path, its arguments, environment; a, b: their numbers,
 * c: passed descriptor of the state, that of the output follows; above it the
 * seconds that it may take, 0 for any.
 */
long op_hook(struct operation *o)
{
	char **argv, **envp;
	int pidfd = -1;
	long r = operation_words(o, &argv, &envp);
	long pid;

	if (r < 0)
		return r;
	pid = SYS5(NR_clone, CLONE_PIDFD | SIGCHLD, 0, &pidfd, 0, 0);
	if (pid < 0)
		return pid;
	if (pid == 0)
		become_hook(FIRST_PASSED_FD + (int)(u32)o->c, argv, envp);
	r = await_hook((int)pid, pidfd, (u32)(o->c >> 32));
	sys_close(pidfd);
	return r;
}
