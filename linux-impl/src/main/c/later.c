/* SPDX-License-Identifier: Apache-2.0 */
/* A start in steps: what waits for others before the program is executed. */
#include "link.h"
#include "operations.h"
#include "text.h"

/* The engine does its part outside, in the middle of the child's. */
long op_call(int link, u32 index)
{
	struct link_message m;
	long r = link_send(link, LINK_CALL, index, 0);

	if (r < 0)
		return r;
	return link_receive(link, &m) > 0 && m.type == LINK_GO ? 0 : -EPROTO;
}

/*
 * The monitor is told and ends. Whoever connects then and says LINK_GO takes
 * its place at the link: hears what fails from here on, and by the link's end
 * that the program is being executed. One who hangs up without a word has died
 * on the way; another may come.
 *
 * a: passed descriptor, a listening socket.
 */
long op_await_start(struct operation *o, int link, u32 index)
{
	int listener = FIRST_PASSED_FD + (s32)o->a;
	struct link_message m;
	long r = link_send(link, LINK_READY, index, 0);
	long starter;

	if (r < 0)
		return r;
	for (;;) {
		starter = SYS4(NR_accept4, listener, 0, 0, SOCK_CLOEXEC);
		if (starter == -EINTR)
			continue;
		if (starter < 0)
			return starter;
		if (link_receive((int)starter, &m) > 0 && m.type == LINK_GO)
			break;
		sys_close((int)starter);
	}
	r = sys_dup3((int)starter, link, O_CLOEXEC);
	sys_close((int)starter);
	sys_close(listener);
	return r < 0 ? r : 0;
}

/*
 * Whether there is a program to execute, while who asks for it still waits.
 *
 * text: the paths that it may have; a: their number.
 */
long op_find_program(struct operation *o)
{
	const char *path = o->text;
	long missing = -ENOENT;
	struct stat st;
	u64 i;

	if (!operation_holds(o, o->a, 1))
		return -EINVAL;
	for (i = 0; i < o->a; i++) {
		long r = sys_statx(AT_FDCWD, path, 0, &st);

		if (r >= 0 && (st.mode & S_IFMT) == S_IFREG && st.mode & 0111)
			return 0;
		if (r >= 0 || r == -EACCES)
			missing = -EACCES;
		path = text_next(path);
	}
	return missing;
}
