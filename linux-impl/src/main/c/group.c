/* SPDX-License-Identifier: Apache-2.0 */
#include "group.h"
#include "operations.h"
#include "text.h"

enum {
	/* Rounds of a millisecond; what is not dead then waits for a device. */
	ROUNDS = 2000,
	/* Deeper than anybody nests groups. */
	DEEPEST = 16,
	CHUNK = 4096,
};

static int group_fd = -1;

/* text: directory of the group. */
long op_group(struct operation *o)
{
	long fd = sys_openat(AT_FDCWD, o->text, O_PATH | O_DIRECTORY, 0);

	group_fd = (int)fd;
	/* Orphans become children of this process, and not of the machine's. */
	return fd < 0 ? fd : sys_prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1, 0);
}

int group_watch(void)
{
	u64 set = 1ULL << (SIGCHLD - 1);

	if (group_fd < 0)
		return -1;
	SYS4(NR_rt_sigprocmask, SIG_BLOCK, &set, 0, SIGNAL_SET);
	return (int)SYS4(NR_signalfd4, -1, &set, SIGNAL_SET,
			 O_CLOEXEC | O_NONBLOCK);
}

/* The first process is looked at and left: its status is for whoever asks. */
void group_reap(s32 kept)
{
	enum { ALL = 0, EXITED = 4, LEAVE = 0x01000000 };
	s32 info[32];

	for (;;) {
		memset(info, 0, sizeof(info));
		if (SYS5(NR_waitid, ALL, 0, info, EXITED | WNOHANG | LEAVE,
			 0) < 0)
			return;
		/* si_pid */
		if (!info[3] || info[3] == kept)
			return;
		SYS4(NR_wait4, info[3], 0, WNOHANG, 0);
	}
}

static long write_in(int dir, const char *name, const char *text)
{
	long fd = sys_openat(dir, name, O_WRONLY, 0);
	long r;

	if (fd < 0)
		return fd;
	r = sys_write((int)fd, text, text_length(text));
	sys_close((int)fd);
	return r;
}

/* Sends SIGKILL to the numbers in "text", one a line; returns how many. */
static int kill_listed(const char *text, long length, u64 *number)
{
	int killed = 0;
	long i;

	for (i = 0; i < length; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			*number = *number * 10 + (u64)(text[i] - '0');
			continue;
		}
		/* 0 is a process that this one's namespace has no number for. */
		if (*number > 1) {
			SYS2(NR_kill, *number, SIGKILL);
			killed++;
		}
		*number = 0;
	}
	return killed;
}

static int kill_members(int dir)
{
	char text[CHUNK];
	long fd = sys_openat(dir, "cgroup.procs", 0, 0);
	int killed = 0;
	u64 number = 0;
	long n;

	if (fd < 0)
		return 0;
	while ((n = sys_read((int)fd, text, sizeof(text))) > 0)
		killed += kill_listed(text, n, &number);
	sys_close((int)fd);
	return killed;
}

struct entry {
	u64 ino;
	s64 off;
	u16 length;
	u8 type;
	char name[];
};

static int kill_tree(int dir, int depth)
{
	enum { DIRECTORY = 4 };
	char bytes[CHUNK] __attribute__((aligned(8)));
	int killed = kill_members(dir);
	long list = sys_openat(dir, ".", O_DIRECTORY, 0);
	long n, at;

	if (list < 0)
		return killed;
	while (depth < DEEPEST &&
	       (n = SYS3(NR_getdents64, list, bytes, sizeof(bytes))) > 0)
		for (at = 0; at < n;) {
			struct entry *e = (struct entry *)(bytes + at);
			long below;

			at += e->length;
			if (e->type != DIRECTORY || e->name[0] == '.')
				continue;
			below = sys_openat((int)list, e->name,
					   O_PATH | O_DIRECTORY, 0);
			if (below < 0)
				continue;
			killed += kill_tree((int)below, depth + 1);
			sys_close((int)below);
		}
	sys_close((int)list);
	return killed;
}

/*
 * Since Linux 5.14 the kernel kills a whole tree of v2 at once. Elsewhere it is
 * frozen, so that no process starts another while the list is read; a frozen
 * process of v1 is dead only once it is thawed.
 */
static int kill_round(void)
{
	int killed, v1;

	if (write_in(group_fd, "cgroup.kill", "1") >= 0)
		return kill_tree(group_fd, 0);
	v1 = write_in(group_fd, "freezer.state", "FROZEN") >= 0;
	if (!v1)
		write_in(group_fd, "cgroup.freeze", "1");
	killed = kill_tree(group_fd, 0);
	if (v1)
		write_in(group_fd, "freezer.state", "THAWED");
	else
		write_in(group_fd, "cgroup.freeze", "0");
	return killed;
}

void group_end(void)
{
	struct timespec pause = { 0, 1000000 };
	int i;

	if (group_fd < 0)
		return;
	for (i = 0; i < ROUNDS && kill_round(); i++) {
		group_reap(0);
		SYS5(NR_ppoll, 0, 0, &pause, 0, 0);
	}
	group_reap(0);
}
