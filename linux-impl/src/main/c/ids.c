/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user namespace that is made before it is entered: mounts need it to map
 * the ids of what they show, and are made by who is root outside.
 */
#include "ids.h"
#include "link.h"
#include "operations.h"
#include "text.h"

enum { PR_SET_PDEATHSIG = 1, PR_GET_PDEATHSIG = 2 };

int ids_fd = -1;

/*
 * The holder tells its number as the mounted /proc has it, which in a new pid
 * namespace is not the number that clone gave, and waits for the link's end.
 */
static void __attribute__((noreturn)) hold(int link)
{
	char number[24];
	long n = SYS4(NR_readlinkat, AT_FDCWD, "/proc/self", number,
		      sizeof(number) - 1);

	if (n > 0)
		sys_write(link, number, (unsigned long)n);
	sys_read(link, number, 1);
	sys_exit(0);
}

static char *proc_path(char *to, const char *pid, const char *name)
{
	text_copy(text_copy(text_copy(to, "/proc/"), pid), name);
	return to;
}

static long write_map(const char *pid, const char *name, const char *map)
{
	char path[64];
	long fd = sys_openat(AT_FDCWD, proc_path(path, pid, name), O_WRONLY, 0);
	long r;

	if (fd < 0)
		return fd;
	r = sys_write((int)fd, map, text_length(map));
	sys_close((int)fd);
	return r < 0 ? r : 0;
}

long ids_map(const char *pid, int set_groups, const char *uids,
	     const char *gids)
{
	long r = set_groups ? 0 : write_map(pid, "/setgroups", "deny");

	if (r >= 0)
		r = write_map(pid, "/uid_map", uids);
	if (r >= 0)
		r = write_map(pid, "/gid_map", gids);
	return r;
}

static long map_holder(const char *pid, const char *uids, const char *gids)
{
	char path[64];
	long r = ids_map(pid, 1, uids, gids);

	if (r >= 0)
		r = sys_openat(AT_FDCWD, proc_path(path, pid, "/ns/user"), 0,
			       0);
	return r;
}

static long make_namespace(const char *uids, const char *gids)
{
	char number[24];
	int ends[2];
	long r = SYS4(NR_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
		      ends);
	long pid;

	if (r < 0)
		return r;
	pid = SYS5(NR_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		sys_close(ends[0]);
		hold(ends[1]);
	}
	sys_close(ends[1]);
	r = pid;
	if (pid > 0) {
		r = sys_read(ends[0], number, sizeof(number) - 1);
		if (r > 0) {
			number[r] = 0;
			r = map_holder(number, uids, gids);
		} else if (r == 0) {
			r = -EPROTO;
		}
	}
	sys_close(ends[0]);
	if (pid > 0)
		SYS4(NR_wait4, pid, 0, 0, 0);
	return r;
}

/*
 * What is made from here on, mounts and files, belongs to root inside. The
 * kernel takes the capabilities over files away with root's id for files, and
 * forgets the signal for the parent's death: both are put back.
 */
static long files_belong_to(u64 uid, u64 gid)
{
	enum { VERSION_3 = 0x20080522 };
	u32 header[2] = { VERSION_3, 0 };
	u32 sets[6]; /* effective, permitted, inheritable, twice */
	int death_signal = 0;
	long r;

	SYS2(NR_prctl, PR_GET_PDEATHSIG, &death_signal);
	SYS1(NR_setfsgid, gid);
	SYS1(NR_setfsuid, uid);
	r = SYS2(NR_capget, header, sets);
	if (r < 0)
		return r;
	sets[0] = sets[1];
	sets[3] = sets[4];
	r = SYS2(NR_capset, header, sets);
	if (r >= 0 && death_signal)
		r = sys_prctl(PR_SET_PDEATHSIG, (u64)death_signal, 0);
	return r;
}

/* text: uid map, gid map; a, b: what root inside is outside. */
long op_map_ids(struct operation *o)
{
	long fd = make_namespace(o->text, text_next(o->text));

	if (fd < 0)
		return fd;
	ids_fd = (int)fd;
	return files_belong_to(o->a, o->b);
}

long op_enter_user_namespace(void)
{
	long r = SYS2(NR_setns, ids_fd, CLONE_NEWUSER);

	if (r < 0)
		return r;
	sys_close(ids_fd);
	ids_fd = -1;
	return 0;
}

/*
 * For a process that was born in a new user namespace, which then owns its
 * other ones: until its ids are mapped it is root of the machine to files, and
 * to nothing else. From here on it is root inside.
 *
 * text: uid map, gid map; a: whether setgroups is allowed.
 */
long op_be_mapped(struct operation *o, int link, u32 index)
{
	struct link_message m;
	long r = link_send(link, LINK_NEED_MAPS, index, 0);

	if (r < 0)
		return r;
	if (link_receive(link, &m) <= 0 || m.type != LINK_MAPPED)
		return -EPROTO;
	r = (long)m.error;
	if (r >= 0 && o->a)
		r = SYS2(NR_setgroups, 0, 0);
	if (r >= 0)
		r = SYS1(NR_setgid, 0);
	if (r >= 0)
		r = SYS1(NR_setuid, 0);
	/* Those who are root inside, too, may not trace it. */
	if (r >= 0)
		r = sys_prctl(4 /* PR_SET_DUMPABLE */, 0, 0);
	return r;
}
