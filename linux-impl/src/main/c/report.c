/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"
#include "text.h"
#include "wire.h"

struct rights {
	u64 length;
	s32 level;
	s32 type;
	s32 fd;
	s32 pad;
};

struct vector {
	void *base;
	u64 length;
};

struct message {
	void *name;
	u64 name_length;
	struct vector *vector;
	u64 vectors;
	void *control;
	u64 control_length;
	u64 flags;
};

long send_bytes(int socket, void *bytes, u64 length, int fd, int flags)
{
	struct vector vector = { bytes, length };
	struct rights rights = { 20, SOL_SOCKET, SCM_RIGHTS, fd, 0 };
	struct message message = { 0, 0, &vector, 1, &rights, sizeof(rights),
				   0 };

	if (fd < 0) {
		message.control = 0;
		message.control_length = 0;
	}
	return SYS3(NR_sendmsg, socket, &message, flags | MSG_NOSIGNAL);
}

long report_send(int control, const struct report *r, int fd, int flags)
{
	struct report copy = *r;

	return send_bytes(control, &copy, sizeof(copy), fd, flags);
}

long link_send_fd(int link, u32 type, u32 index, int fd)
{
	struct link_message m = { type, index, 0 };

	return send_bytes(link, &m, sizeof(m), fd, 0);
}

long link_receive_fd(int link, struct link_message *m, int *fd)
{
	struct vector vector = { m, sizeof(*m) };
	struct rights rights;
	struct message message = { 0, 0, &vector, 1, &rights, sizeof(rights),
				   0 };
	long n;

	*fd = -1;
	memset(&rights, 0, sizeof(rights));
	do
		n = SYS3(NR_recvmsg, link, &message, MSG_CMSG_CLOEXEC);
	while (n == -EINTR);
	if (n > 0 && rights.length == 20 && rights.type == SCM_RIGHTS)
		*fd = rights.fd;
	return n;
}
