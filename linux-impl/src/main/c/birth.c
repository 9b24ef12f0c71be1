/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that joins a pid namespace is seen there from its birth, by
 * processes that may be allowed to trace it. It is therefore born last: what
 * joins the other namespaces and gives up its rights stays outside, and leaves
 * its place to a child that has neither descriptors nor rights of the engine.
 */
#include "link.h"
#include "operations.h"

int born_outside;

static long follow(int death_signal, int link)
{
	struct link_message m;
	long r = 0;

	/* The session of who has just ended is none for a terminal. */
	born_outside = 0;
	if (death_signal)
		r = sys_prctl(1 /* PR_SET_PDEATHSIG */, (u64)death_signal, 0);
	/* The monitor is the parent; one that is gone has closed the link. */
	if (SYS6(NR_recvfrom, link, &m, sizeof(m), MSG_PEEK | MSG_DONTWAIT, 0,
		 0) == 0)
		sys_exit(127);
	return r;
}

/* After the rights are given up, before what only the program itself can do. */
long op_born_inside(int link)
{
	enum { CLONE_PARENT = 0x8000, PR_GET_PDEATHSIG = 2 };
	int death_signal = 0;
	int process = -1;
	long pid, r;

	if (!born_outside)
		return -EINVAL;
	SYS2(NR_prctl, PR_GET_PDEATHSIG, &death_signal);
	pid = SYS5(NR_clone, CLONE_PARENT | CLONE_PIDFD | SIGCHLD, 0, &process,
		   0, 0);
	if (pid < 0)
		return pid;
	if (pid == 0)
		return follow(death_signal, link);
	r = link_send_fd(link, LINK_BORN, (u32)pid, process);
	/* Nobody would wait for it. */
	if (r < 0)
		SYS4(NR_pidfd_send_signal, process, SIGKILL, 0, 0);
	sys_exit(0);
}
