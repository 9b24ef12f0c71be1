/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The socket between the monitor and the child until the child executes its
 * program: close-on-exec, so its end means that the program runs.
 */
#ifndef LINK_H
#define LINK_H

#include "sys.h"

enum link_type {
	LINK_GO = 1,	/* to the child: run your operations */
	LINK_FAILED,	/* to the monitor: operation "index" failed */
	LINK_NEED_MAPS, /* to the monitor: in a user namespace of operation "index" */
	LINK_MAPPED,	/* to the child: ids are mapped, or "error" */
	LINK_CALL,	/* to the monitor: Java's turn; goes on after LINK_GO */
	LINK_READY,	/* to the monitor: waits to be started by another */
	LINK_TERMINAL,	/* to the monitor: with the terminal's other side */
	LINK_MOUNTS,	/* to the monitor: with the mount namespace, kept to the end */
	LINK_BORN,	/* to the monitor: with the process "index", which takes over */
};

struct link_message {
	u32 type;
	u32 index;
	s64 error;
};

static inline long link_send(int link, u32 type, u32 index, long error)
{
	struct link_message m = { type, index, error };

	return SYS6(NR_sendto, link, &m, sizeof(m), MSG_NOSIGNAL, 0, 0);
}

/* Positive when a message has come, 0 when the other side is gone. */
static inline long link_receive(int link, struct link_message *m)
{
	long n;

	do
		n = SYS6(NR_recvfrom, link, m, sizeof(*m), 0, 0, 0);
	while (n == -EINTR);
	return n;
}

/* The same with a descriptor that may come along; "fd" is -1 when none has. */
long link_receive_fd(int link, struct link_message *m, int *fd);

/* Sends bytes, with a descriptor unless "fd" is negative. */
long send_bytes(int socket, void *bytes, u64 length, int fd, int flags);

/* Sends a message with a descriptor. */
long link_send_fd(int link, u32 type, u32 index, int fd);

#endif
