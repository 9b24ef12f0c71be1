/* SPDX-License-Identifier: Apache-2.0 */
#include "frame.h"
#include "operations.h"

enum {
	/* Far more than any container needs: what is beyond is no frame. */
	LONGEST_FRAME = 64 << 20,
	MOST_PASSED = 1 << 16,
};

struct frame frame;
struct operation *operations;

long read_all(int fd, void *to, unsigned long length)
{
	u8 *p = to;

	while (length) {
		long n = sys_read(fd, p, length);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n ? n : -EPROTO;
		p += n;
		length -= (unsigned long)n;
	}
	return 0;
}

static int is_passed(s32 index)
{
	return index >= -1 && index < (s32)frame.passed;
}

static int is_frame(void)
{
	return frame.magic == FRAME_MAGIC && frame.version == FRAME_VERSION &&
	       frame.size == sizeof(frame) && frame.length <= LONGEST_FRAME &&
	       frame.passed <= MOST_PASSED && is_passed(frame.cgroup) &&
	       is_passed(frame.log) && is_passed(frame.state) &&
	       is_passed(frame.listener);
}

/*
 * Every operation lies within the frame, they are as many as was said and fill
 * it to its end.
 */
static long check_operations(void)
{
	u64 count = (u64)frame.monitor_operations + frame.child_operations;
	char *at = (char *)operations;
	char *end = at + frame.length;

	while (count-- > 0) {
		struct operation *o = (struct operation *)at;
		unsigned long left = (unsigned long)(end - at);

		if (left < sizeof(*o) || o->length < sizeof(*o) ||
		    o->length > left || o->length % 8)
			return -EPROTO;
		at += o->length;
	}
	return at == end ? 0 : -EPROTO;
}

long frame_read(void)
{
	enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };
	long r = read_all(CONTROL_FD, &frame, sizeof(frame));
	long at;

	if (r < 0)
		return r;
	if (!is_frame())
		return -EPROTO;
	at = SYS6(NR_mmap, 0, frame.length + 8, READ_WRITE, PRIVATE_ANONYMOUS,
		  -1, 0);
	if (at < 0 && at > -4096)
		return at;
	operations = (struct operation *)at;
	r = read_all(CONTROL_FD, operations, frame.length);
	return r < 0 ? r : check_operations();
}

int frame_passed(s32 index)
{
	return index < 0 ? -1 : FIRST_PASSED_FD + index;
}
