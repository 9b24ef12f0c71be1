/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process outside that is told of system calls. The filter's descriptor is
 * made by the filter's own process, in a root from which no path leads to that
 * one: the connection is made outside, before.
 */
#include "link.h"
#include "operations.h"
#include "text.h"

static int socket_fd = -1;
static char *state;
static unsigned long length;

/*
 * a: passed descriptor of the connection; that of what is said follows, which is
 * read now: the filter may forbid it later. Above the link nothing replaces it.
 */
long op_listener(struct operation *o, int link)
{
	enum { MOST = 1 << 16, READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };
	int fd = FIRST_PASSED_FD + (s32)o->a;
	long r = SYS6(NR_mmap, 0, MOST, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);

	if (r < 0 && r > -4096)
		return r;
	state = (char *)r;
	SYS3(NR_lseek, fd + 1, 0, 0);
	while (length < MOST) {
		r = sys_read(fd + 1, state + length, MOST - length);
		if (r < 0)
			return r;
		if (r == 0)
			break;
		length += (unsigned long)r;
	}
	r = sys_dup3(fd, link + 1, O_CLOEXEC);
	socket_fd = link + 1;
	return r < 0 ? r : 0;
}

int listener_is_there(void)
{
	return socket_fd >= 0;
}

long listener_give(int filter)
{
	long r = socket_fd < 0 ?
			 0 :
			 send_bytes(socket_fd, state, length, filter, 0);

	return r < 0 ? r : 0;
}
