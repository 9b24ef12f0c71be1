/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

#define TIOCSWINSZ 0x5414
#define TIOCGPTPEER 0x5441
#define TIOCSPTLCK 0x40045431

#define DEVPTS_SUPER_MAGIC 0x1cd1
#define OVERFLOW_UID 65534

/* The descriptor, never a path below /dev/pts, is bound on /dev/console. */
static long bind_console(int terminal)
{
	const char *name;
	long parent = open_parent("/dev/console", 0, &name);
	long at, r;

	if (parent < 0)
		return parent;
	at = sys_openat((int)parent, name, O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	sys_close((int)parent);
	if (at < 0)
		return at;
	r = mount_copy(terminal, (int)at, 0, 0);
	sys_close((int)at);
	return r;
}

/* In a container that runs, what lies there may be of its own making. */
static int is_multiplexer(int fd)
{
	s64 statfs[32];
	struct stat st;

	return SYS2(NR_fstatfs, fd, statfs) >= 0 &&
	       statfs[0] == DEVPTS_SUPER_MAGIC &&
	       sys_statx(fd, "", AT_EMPTY_PATH, &st) >= 0 &&
	       (st.mode & S_IFMT) == S_IFCHR && st.rdev_major == 5 &&
	       st.rdev_minor == 2;
}

static long open_multiplexer(void)
{
	long fd;

	if (root_fd >= 0)
		return open_in_root("/dev/pts/ptmx", O_RDWR | O_NOCTTY, 0);
	/* Not opened as it is: opening a device may do something. */
	fd = open_resolved(AT_FDCWD, "/dev/pts/ptmx", O_PATH,
			   RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (fd < 0)
		return fd;
	if (!is_multiplexer((int)fd)) {
		sys_close((int)fd);
		return -EPERM;
	}
	sys_close((int)fd);
	fd = open_resolved(AT_FDCWD, "/dev/pts/ptmx", O_RDWR | O_NOCTTY,
			   RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (fd >= 0 && !is_multiplexer((int)fd)) {
		sys_close((int)fd);
		return -EPERM;
	}
	return fd;
}

/* The other side of this very master, whatever its name leads to. */
static long open_terminal(int master, struct operation *o)
{
	u16 size[4] = { (u16)o->a, (u16)o->b, 0, 0 };
	int unlock = 0;
	long r = SYS3(NR_ioctl, master, TIOCSPTLCK, &unlock);
	long terminal;

	if (r < 0)
		return r;
	terminal = SYS3(NR_ioctl, master, TIOCGPTPEER,
			O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0)
		return terminal;
	SYS3(NR_ioctl, master, TIOCSWINSZ, size);
	r = SYS3(NR_fchown, terminal, o->c, -1);
	if (r >= 0)
		return terminal;
	sys_close((int)terminal);
	return r;
}

/*
 * a: rows, b: columns, c: uid, as whom it is opened after a user namespace was
 * joined: the caller is nobody there, and so would the terminal's owner be, which
 * nobody could change. The session's terminal it becomes with the new
 * session, which may be that of another process than this one.
 */
long op_terminal(struct operation *o, int link)
{
	int joined = root_fd < 0;
	long before = joined ? SYS1(NR_setfsuid, o->c) : 0;
	long master = open_multiplexer();
	long terminal, r = 0;
	int i;

	if (master < 0)
		return master;
	terminal = open_terminal((int)master, o);
	/* Who is nobody here stays the user: there is no way back. */
	if (joined && before != OVERFLOW_UID)
		SYS1(NR_setfsuid, before);
	if (terminal < 0)
		return terminal;
	if (root_fd >= 0)
		r = bind_console((int)terminal);
	if (r >= 0)
		r = link_send_fd(link, LINK_TERMINAL, 0, (int)master);
	sys_close((int)master);
	for (i = 0; r >= 0 && i < 3; i++)
		r = sys_dup3((int)terminal, i, 0);
	sys_close((int)terminal);
	session_terminal = 1;
	return r < 0 ? r : 0;
}
