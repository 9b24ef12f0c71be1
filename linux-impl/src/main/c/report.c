/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

long report_send(int control, const struct report *r, int fd, int flags)
{
	struct {
		const void *base;
		u64 length;
	} vector = { r, sizeof(*r) };
	struct {
		u64 length;
		s32 level;
		s32 type;
		s32 fd;
		s32 pad;
	} rights = { 20, SOL_SOCKET, SCM_RIGHTS, fd, 0 };
	struct {
		void *name;
		u64 name_length;
		void *vector;
		u64 vectors;
		void *control;
		u64 control_length;
		u64 flags;
	} message = { 0, 0, &vector, 1, &rights, sizeof(rights), 0 };

	if (fd < 0) {
		message.control = 0;
		message.control_length = 0;
	}
	return SYS3(NR_sendmsg, control, &message, flags | MSG_NOSIGNAL);
}
