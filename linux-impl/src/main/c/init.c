/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's first process when the program is not it: it hands signals
 * on to the program, reaps what lost its parent, and ends as the program does.
 */
#include "operations.h"
#include "text.h"

static const u64 every_signal = ~0ULL;
static s32 program;

static long mask(const u64 *set, u64 *old)
{
	return SYS4(NR_rt_sigprocmask, SIG_SETMASK, set, old, SIGNAL_SET);
}

/*
 * Both processes go on with the operations that follow, so that this one gives
 * up the same rights as the program; it stops where the program is executed.
 * Signals are held back before there are two: none is lost between.
 */
long op_init(void)
{
	u64 before = 0;
	long pid, r = mask(&every_signal, &before);

	if (r < 0)
		return r;
	/* Without a pid namespace of its own orphans would go elsewhere. */
	sys_prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1, 0);
	pid = SYS5(NR_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		return pid;
	if (pid == 0) {
		/* Of the pid namespace's first process the kernel sees to it. */
		sys_prctl(1 /* PR_SET_PDEATHSIG */, SIGKILL, 0);
		return mask(&before, 0);
	}
	program = (s32)pid;
	/* The terminal is for the program's session. */
	session_terminal = 0;
	return 0;
}

static void reap(void)
{
	int status = 0;
	long pid;

	while ((pid = SYS4(NR_wait4, -1, &status, WNOHANG, 0)) > 0) {
		if (pid != program)
			continue;
		/* A first process cannot kill itself by a signal. */
		sys_exit(status & 0x7f ? 128 + (status & 0x7f) :
					 status >> 8 & 0xff);
	}
}

void init_stay(void)
{
	if (!program)
		return;
	/* Neither traced nor read by what it looks after. */
	sys_prctl(4 /* PR_SET_DUMPABLE */, 0, 0);
	sys_prctl(15 /* PR_SET_NAME */, (u64)(unsigned long)"jollyboat-init", 0);
	/* The program's pipes, and the link that tells when it runs. */
	SYS3(NR_close_range, 0, ~0U, 0);
	for (;;) {
		long signal = SYS4(NR_rt_sigtimedwait, &every_signal, 0, 0,
				   SIGNAL_SET);

		if (signal == SIGCHLD)
			reap();
		else if (signal > 0)
			SYS2(NR_kill, program, signal);
	}
}
