/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"
#include "link.h"
#include "operations.h"

static void __attribute__((noreturn)) fail(int link, u32 index, long error)
{
	link_send(link, LINK_FAILED, index, -error);
	sys_exit(127);
}

/*
 * A monitor that dies takes the child with it: nobody would keep its log or its
 * exit status. One that died before this call leaves a closed link.
 */
static void follow_parent(struct child *c)
{
	struct link_message m;

	if (c->frame->flags & FRAME_LEAVE)
		return;
	sys_prctl(1 /* PR_SET_PDEATHSIG */, SIGKILL, 0);
	if (SYS6(NR_recvfrom, c->link, &m, sizeof(m), MSG_PEEK | MSG_DONTWAIT,
		 0, 0) == 0)
		sys_exit(127);
}

static void await_go(struct child *c)
{
	struct link_message m;

	if ((c->frame->flags & FRAME_WAIT_FOR_GO) &&
	    (link_receive(c->link, &m) <= 0 || m.type != LINK_GO))
		sys_exit(127);
	if (c->frame->flags & FRAME_VISIBLE)
		sys_prctl(4 /* PR_SET_DUMPABLE */, 0, 0);
}

void child_run(struct child *c)
{
	u32 first = c->frame->monitor_operations;
	struct operation *o = operations_at(c->operations, first);
	u32 i;

	/* What the monitor has joined this one is born in. */
	born_outside = 0;
	follow_parent(c);
	await_go(c);
	for (i = 0; i < 2; i++)
		if (c->output[i] >= 0)
			sys_dup3(c->output[i], (int)i + 1, 0);
	SYS1(NR_umask, 022);
	for (i = 0; i < c->frame->child_operations; i++) {
		long r = operation_run(o, c->link, first + i);

		if (r < 0)
			fail(c->link, first + i, r);
		o = operation_next(o);
	}
	fail(c->link, first + i, -EPROTO);
}
