/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

#define TIOCSCTTY 0x540e

static int freezer_fd = -1;

/* text: path, what to write. */
long op_write_file(struct operation *o)
{
	const char *value = text_next(o->text);
	long fd = sys_openat(AT_FDCWD, o->text, O_WRONLY, 0);
	long r;

	if (fd < 0)
		return fd;
	r = sys_write((int)fd, value, text_length(value));
	sys_close((int)fd);
	return r < 0 ? r : 0;
}

/* text: path of freezer.state. */
long op_freezer(struct operation *o)
{
	long fd = sys_openat(AT_FDCWD, o->text, O_WRONLY, 0);

	freezer_fd = (int)fd;
	return fd < 0 ? fd : 0;
}

void freezer_thaw(void)
{
	if (freezer_fd >= 0)
		SYS4(NR_pwrite64, freezer_fd, "THAWED", 6, 0);
}

/*
 * A descriptor of the host's null device leads to the host's inode, whose mode
 * root in the container could change; so does the root's own, made by us.
 */
long reopen_null(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		long fd;

		if (!is_null_device(i))
			continue;
		fd = sys_openat(AT_FDCWD, "/dev/null", O_RDWR | O_NOFOLLOW, 0);
		if (fd < 0)
			return fd;
		if (!is_null_device((int)fd))
			return -EINVAL;
		sys_dup3((int)fd, i, 0);
		sys_close((int)fd);
	}
	return 0;
}

/* a: passed descriptor, b: kinds of namespaces. */
long op_join_namespaces(struct operation *o)
{
	long r = SYS2(NR_setns, FIRST_PASSED_FD + (s32)o->a, o->b);

	if (r < 0)
		return r;
	if (o->b & CLONE_NEWPID)
		born_outside = 1;
	return o->b & CLONE_NEWNS ? reopen_null() : 0;
}

/* a: resource, b: soft, c: hard. */
long op_resource_limit(struct operation *o)
{
	u64 limit[2] = { o->b, o->c };

	return SYS4(NR_prlimit64, 0, o->a, limit, 0);
}

int preserved;

/*
 * a: the first passed descriptor, b: how many: from 3 on they are the program's.
 * No other descriptor that was passed is used any more.
 */
long op_preserve(struct operation *o)
{
	u64 i;

	for (i = 0; i < o->b; i++) {
		/* To its own number or a lower one: none is lost. */
		long r = sys_dup3(FIRST_PASSED_FD + (s32)(o->a + i),
				  CONTROL_FD + (int)i, 0);

		if (r < 0)
			return r;
	}
	preserved = (int)o->b;
	return 0;
}

/*
 * /proc/self/fd/N leads out of the root through any directory of the host that
 * is still open: none is from here on, and where the directory really lies is
 * asked of the kernel, which puts "(unreachable)" before what is outside.
 */
long op_working_directory(struct operation *o, int link)
{
	char path[PATH_SIZE];
	long r;

	SYS3(NR_close_range, CONTROL_FD + (preserved ? preserved : 1), link - 1,
	     0);
	SYS3(NR_close_range, link + 1 + listener_is_there(), ~0U, 0);
	r = SYS1(NR_chdir, o->text);
	if (r < 0)
		return r;
	r = SYS2(NR_getcwd, path, sizeof(path));
	if (r < 0)
		return r;
	return path[0] == '/' ? 0 : -ENOENT;
}

/*
 * The files below /proc that the monitor writes belong to root of the machine
 * as long as the process is not "dumpable", and joining the new namespace has
 * made it that.
 */
static void let_monitor_write(struct operation *o, u64 allowed)
{
	if (o->b)
		sys_prctl(4 /* PR_SET_DUMPABLE */, allowed, 0);
}

/*
 * text: uid map, gid map; a: whether setgroups is allowed, b: whether the
 * monitor is not root of the machine.
 */
long op_user_namespace(struct operation *o, int link, u32 index)
{
	struct link_message m;
	long r = SYS1(NR_unshare, CLONE_NEWUSER);

	if (r < 0)
		return r;
	let_monitor_write(o, 1);
	r = link_send(link, LINK_NEED_MAPS, index, 0);
	if (r < 0)
		return r;
	if (link_receive(link, &m) <= 0 || m.type != LINK_MAPPED)
		return -EPROTO;
	let_monitor_write(o, 0);
	return (long)m.error;
}

long op_loopback_up(void)
{
	enum { GET_FLAGS = 0x8913, SET_FLAGS = 0x8914, UP = 1 };
	struct {
		char name[16];
		u16 flags;
		char pad[22];
	} request;
	long r, s = SYS3(NR_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s < 0)
		return s;
	memset(&request, 0, sizeof(request));
	text_copy(request.name, "lo");
	r = SYS3(NR_ioctl, s, GET_FLAGS, &request);
	request.flags |= UP;
	if (r >= 0)
		r = SYS3(NR_ioctl, s, SET_FLAGS, &request);
	sys_close((int)s);
	return r;
}

/* Tries "directory/name"; returns only when it cannot be executed. */
static long try_in(const char *directory, unsigned long length, char **argv,
		   char **envp)
{
	char path[PATH_SIZE];
	char *p;

	if (length + text_length(argv[0]) + 2 > sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, directory, length);
	p = path + length;
	/* An empty entry of PATH is the current directory. */
	if (length)
		p = text_copy(p, "/");
	text_copy(p, argv[0]);
	return SYS3(NR_execve, path, argv, envp);
}

/* As execvp(3): what is there but may not be executed wins over what is not. */
static long search(const char *path, char **argv, char **envp)
{
	long refused = -ENOENT;

	for (;;) {
		unsigned long n = 0;
		long r;

		while (path[n] && path[n] != ':')
			n++;
		r = try_in(path, n, argv, envp);
		if (r == -EACCES)
			refused = r;
		else if (r != -ENOENT && r != -ENOTDIR && r != -ENAMETOOLONG)
			return r;
		if (!path[n])
			return refused;
		path += n + 1;
	}
}

static int has_slash(const char *text)
{
	while (*text && *text != '/')
		text++;
	return *text == '/';
}

static const char *path_variable(char **envp)
{
	const char *path =
		"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

	for (; *envp; envp++) {
		char *e = *envp;

		if (e[0] == 'P' && e[1] == 'A' && e[2] == 'T' && e[3] == 'H' &&
		    e[4] == '=')
			path = e + 5;
	}
	return path;
}

/* Points at "count" strings from "text" on; returns what follows them. */
static char *point(char **to, char *text, u64 count)
{
	while (count--) {
		*to++ = text;
		text += text_length(text) + 1;
	}
	*to = 0;
	return text;
}

int session_terminal;

long own_session(void)
{
	static int done;
	long r = 0;

	if (!done)
		r = SYS0(NR_setsid);
	done = 1;
	/* Only the leader of a session without one may take a terminal. */
	if (r >= 0 && session_terminal)
		r = SYS3(NR_ioctl, 0, TIOCSCTTY, 0);
	session_terminal = 0;
	return r < 0 ? r : 0;
}

long operation_words(struct operation *o, char ***argv, char ***envp)
{
	enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };
	char *text;
	long at;

	/* A string has a byte at least, and the program must be named. */
	if (!o->a || !operation_holds(o, o->a, 1) ||
	    !operation_holds(o, o->a + o->b, 1))
		return -EINVAL;
	at = SYS6(NR_mmap, 0, (o->a + o->b + 2) * sizeof(char *), READ_WRITE,
		  PRIVATE_ANONYMOUS, -1, 0);
	if (at < 0 && at > -4096)
		return at;
	*argv = (char **)at;
	*envp = *argv + o->a + 1;
	text = point(*argv, o->text, o->a);
	point(*envp, text, o->b);
	return 0;
}

/* text: arguments, environment; a, b: their numbers. */
long op_execute(struct operation *o)
{
	char **argv, **envp;
	long r = own_session();

	if (r >= 0)
		r = operation_words(o, &argv, &envp);
	if (r < 0)
		return r;
	init_stay();
	/* All are close-on-exec already; this holds for what was forgotten. */
	SYS3(NR_close_range, CONTROL_FD + preserved, ~0U, CLOSE_RANGE_CLOEXEC);
	if (has_slash(argv[0]))
		return SYS3(NR_execve, argv[0], argv, envp);
	if (!*argv[0])
		return -ENOENT;
	return search(path_variable(envp), argv, envp);
}

/*
 * Stays as it is until it is killed. Nothing but the root and the mounts is
 * kept open: the end of the link tells the monitor that all is ready. For a
 * user who is not root his own process's root can be opened only while it is
 * "dumpable"; it has nothing of the engine any more.
 */
long op_hold(int link)
{
	SYS3(NR_close_range, 0, link - 1, 0);
	SYS3(NR_close_range, link + 1, ~0U, 0);
	sys_prctl(4 /* PR_SET_DUMPABLE */, 1, 0);
	sys_close(link);
	for (;;)
		SYS5(NR_ppoll, 0, 0, 0, 0, 0);
}
