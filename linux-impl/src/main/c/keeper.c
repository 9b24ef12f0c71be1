/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper: root in the user namespace of somebody who is not root outside.
 * It holds the namespace for as long as its control socket is open, and makes
 * the calls there that Java, outside, may not make: on files of the namespace's
 * other users, and for mounts. docs/launcher-protocol.md has its messages.
 */
#include "link.h"
#include "roles.h"
#include "text.h"

enum {
	CONTROL = 0,
	JOINED = 1,
	MOST_PASSED = 128,
	/*
	 * Passed descriptors get fixed numbers, for paths below /proc name
	 * them: above all that they can have when they arrive.
	 */
	FIRST_PASSED = 200,
	MOST_CALLS = 512,
	LONGEST_MESSAGE = 256 << 10,
};

enum { STEP_RUNNING, STEP_NAMESPACE };

/* What an argument of a call is; four bits each, the first lowest. */
enum kind { VALUE, PASSED, ADDRESS, RESULT };

/* The call gives a descriptor that Java wants. */
#define SENT_TO_JAVA (1ULL << 32)

struct call {
	u64 number;
	u64 kinds;
	u64 argument[6];
};

struct request {
	u32 calls;
	/* The bytes from the message's start that come back with the answer. */
	u32 returned;
	struct call call[];
};

struct answer {
	u32 done;
	s32 error;
	s64 result;
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

struct rights {
	u64 length;
	s32 level;
	s32 type;
	s32 fd[MOST_PASSED];
};

static char bytes[LONGEST_MESSAGE] __attribute__((aligned(8)));
static struct rights rights;
static s64 results[MOST_CALLS];

/* How many descriptors came along: they are at FIRST_PASSED and above now. */
static u32 take_passed(u64 control_length)
{
	u32 count, i;

	if (control_length < 16 || rights.type != SCM_RIGHTS)
		return 0;
	count = (u32)((rights.length - 16) / 4);
	for (i = 0; i < count; i++) {
		sys_dup3(rights.fd[i], FIRST_PASSED + (int)i, O_CLOEXEC);
		sys_close(rights.fd[i]);
	}
	return count;
}

static long receive(u32 *passed)
{
	struct vector vector = { bytes, sizeof(bytes) };
	struct message m = { 0, 0, &vector, 1, &rights, sizeof(rights), 0 };
	long n;

	do
		n = SYS3(NR_recvmsg, CONTROL, &m, 0);
	while (n == -EINTR);
	*passed = n > 0 ? take_passed(m.control_length) : 0;
	return n;
}

static int is_request(const struct request *r, u64 length)
{
	return length >= sizeof(*r) && r->calls <= MOST_CALLS &&
	       sizeof(*r) + r->calls * sizeof(struct call) <= length &&
	       r->returned <= length;
}

/* 0 and more: the argument is in "to"; what it names must be there. */
static long argument(u64 kind, u64 value, u32 made, u32 passed, u64 length,
		     long *to)
{
	switch (kind) {
	case VALUE:
		*to = (long)value;
		return 0;
	case PASSED:
		*to = FIRST_PASSED + (long)value;
		return value < passed ? 0 : -EPROTO;
	case ADDRESS:
		*to = (long)(bytes + value);
		return value < length ? 0 : -EPROTO;
	case RESULT:
		*to = value < made ? (long)results[value] : 0;
		return value < made ? 0 : -EPROTO;
	}
	return -EPROTO;
}

static long make(const struct call *c, u32 made, u32 passed, u64 length)
{
	long a[6];
	int i;

	for (i = 0; i < 6; i++) {
		long r = argument(c->kinds >> (4 * i) & 15, c->argument[i],
				  made, passed, length, &a[i]);

		if (r < 0)
			return r;
	}
	return sys((long)c->number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void reply(const struct answer *a, u32 returned, int fd)
{
	struct vector vector[2] = { { (void *)a, sizeof(*a) },
				    { bytes, returned } };
	struct {
		u64 length;
		s32 level;
		s32 type;
		s32 fd;
		s32 pad;
	} given = { 20, SOL_SOCKET, SCM_RIGHTS, fd, 0 };
	struct message m = { 0, 0, vector, 2, &given, sizeof(given), 0 };

	if (fd < 0) {
		m.control = 0;
		m.control_length = 0;
	}
	SYS3(NR_sendmsg, CONTROL, &m, MSG_NOSIGNAL);
}

/* The calls of one request, until one fails. */
static void serve(u64 length, u32 passed)
{
	struct request *r = (struct request *)bytes;
	struct answer a = { 0, EPROTO, 0 };
	u32 valid = is_request(r, length) ? r->calls : 0;
	int fd = -1;

	for (; a.done < valid; a.done++) {
		long n = make(&r->call[a.done], a.done, passed, length);

		a.result = results[a.done] = n;
		a.error = n < 0 && n > -4096 ? (s32)-n : 0;
		if (a.error)
			break;
		if (r->call[a.done].kinds & SENT_TO_JAVA)
			fd = (int)n;
	}
	reply(&a, a.error ? 0 : r->returned, fd);
}

static int answer_step(u32 step, long error)
{
	const struct answer a = { step, (s32)-error, 0 };

	SYS6(NR_sendto, CONTROL, &a, sizeof(a), MSG_NOSIGNAL, 0, 0);
	return step != STEP_RUNNING;
}

/*
 * The mount namespace belongs to the user namespace, which is what the kernel
 * asks of who makes a file system. "Dumpable" stays until Java has mapped the
 * ids: it owns the files below /proc only so long.
 */
static long enter(int joins)
{
	long r;

	if (!joins)
		return SYS1(NR_unshare, CLONE_NEWUSER | CLONE_NEWNS);
	r = SYS2(NR_setns, JOINED, CLONE_NEWUSER);
	return r < 0 ? r : SYS1(NR_unshare, CLONE_NEWNS);
}

int keeper_main(int joins)
{
	long r;

	/* Nothing that leaked from the Java process stays open. */
	SYS3(NR_close_range, JOINED + (joins ? 1 : 0), ~0U, 0);
	SYS0(NR_setsid);
	SYS1(NR_chdir, "/");
	/* Modes of what is made are meant as they are given. */
	SYS1(NR_umask, 0);
	sys_prctl(15 /* PR_SET_NAME */, (u64)"jollyboat-keep", 0);
	r = enter(joins);
	SYS3(NR_close_range, JOINED, ~0U, 0);
	if (r < 0)
		return answer_step(STEP_NAMESPACE, r);
	answer_step(STEP_RUNNING, 0);
	for (;;) {
		u32 passed;
		long n = receive(&passed);

		if (n <= 0)
			return 0;
		serve((u64)n, passed);
		/* What was passed, and what the calls have opened. */
		SYS3(NR_close_range, CONTROL + 1, ~0U, 0);
	}
}
