/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

long null_open(void)
{
	long fd = sys_openat(AT_FDCWD, "/dev/null", O_PATH | O_NOFOLLOW, 0);

	if (fd < 0)
		return fd;
	null_fd = (int)fd;
	return is_null_device(null_fd) ? 0 : -EINVAL;
}

/* The mount is attached, and is the root from now on. */
static long become_root(int mount)
{
	root_fd = mount;
	/* Modes of what is made in the root are meant as they are given. */
	SYS1(NR_umask, 0);
	return null_open();
}

static long attach_root(int mount, const char *mount_point)
{
	long at = sys_openat(AT_FDCWD, mount_point, O_PATH | O_DIRECTORY, 0);
	long r;

	if (at < 0)
		return at;
	r = sys_move_mount(mount, (int)at);
	sys_close((int)at);
	return r < 0 ? r : become_root(mount);
}

/* text: source, mount point. */
long op_root_bind(struct operation *o)
{
	long tree = sys_open_tree(AT_FDCWD, o->text, AT_RECURSIVE);
	long r;

	if (tree < 0)
		return tree;
	r = attach_root((int)tree, text_next(o->text));
	return r < 0 ? r : mount_set((int)tree, 0, MS_PRIVATE, 1);
}

/*
 * text: mount point, options, upper, work, layers, lowers; a: their number,
 * b: whether ids are mapped.
 */
long op_root_overlay(struct operation *o)
{
	struct overlay v;
	long r = overlay_open(&v, text_next(o->text), o->a,
			      o->b ? o->text : 0);
	long at;

	if (r < 0)
		return r;
	at = sys_openat(AT_FDCWD, o->text, O_PATH | O_DIRECTORY, 0);
	r = at;
	if (at >= 0) {
		r = overlay_attach(&v, (int)at, 0, o->text);
		sys_close((int)at);
	}
	overlay_close(&v);
	return r < 0 ? r : become_root((int)r);
}

long op_root_read_only(void)
{
	return mount_set(root_fd, MOUNT_ATTR_RDONLY, 0, 0);
}

/*
 * The old root lies on top of the new one for a moment: it is made a slave
 * first, so that letting go of it does not unmount anything on the host. It is
 * named by its own descriptor, for "." would still be the new root to mount(2),
 * and what is shared with the host in there would become a slave.
 */
static long swap_roots(void)
{
	enum { DETACH = 2 };
	long old = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	long r = old;

	if (r >= 0)
		r = SYS2(NR_pivot_root, ".", ".");
	if (r >= 0)
		r = SYS1(NR_fchdir, old);
	if (r >= 0)
		r = sys_mount(0, ".", 0, MS_SLAVE | MS_REC, 0);
	if (r >= 0)
		r = SYS2(NR_umount2, ".", DETACH);
	if (old >= 0)
		sys_close((int)old);
	return r;
}

/* For a host whose root is the kernel's first one, which cannot be swapped. */
static long cover_root(void)
{
	enum { MOVE = 0x2000 };
	long r = sys_mount(".", "/", 0, MOVE, 0);

	return r < 0 ? r : SYS1(NR_chroot, ".");
}

/*
 * a: whether the old root is covered instead of let go; b: whether there is no
 * null device in the new one, and none is needed.
 */
long op_pivot(struct operation *o)
{
	long r = SYS1(NR_fchdir, root_fd);

	if (r >= 0)
		r = o->a ? cover_root() : swap_roots();
	if (r >= 0)
		r = SYS1(NR_chdir, "/");
	if (r < 0)
		return r;
	sys_close(root_fd);
	sys_close(null_fd);
	root_fd = null_fd = -1;
	SYS1(NR_umask, 022);
	return o->b ? 0 : reopen_null();
}

/* Opens /proc of the container, and nothing that was put in its place. */
static long open_proc(void)
{
	enum { PROC_SUPER_MAGIC = 0x9fa0 };
	s64 statfs[32];
	long fd, r;

	if (root_fd >= 0)
		fd = open_in_root("/proc", O_PATH | O_DIRECTORY,
				  RESOLVE_NO_SYMLINKS);
	else
		fd = sys_openat(AT_FDCWD, "/proc",
				O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return fd;
	r = SYS2(NR_fstatfs, fd, statfs);
	if (r >= 0 && statfs[0] == PROC_SUPER_MAGIC)
		return fd;
	sys_close((int)fd);
	return r < 0 ? r : -EINVAL;
}

static long write_proc(const char *path, const char *value)
{
	long proc = open_proc();
	long fd, r;

	if (proc < 0)
		return proc;
	fd = open_resolved((int)proc, path, O_WRONLY,
			   RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS |
				   RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH);
	sys_close((int)proc);
	if (fd < 0)
		return fd;
	r = sys_write((int)fd, value, text_length(value));
	sys_close((int)fd);
	return r < 0 ? r : 0;
}

/* text: path below /proc, value. */
long op_sysctl(struct operation *o)
{
	return write_proc(o->text, text_next(o->text));
}

/*
 * text: what the next execve(2) changes to. By number, for /proc/self is a link;
 * kernels before 5.8 have one file for all security modules.
 */
long op_apparmor(struct operation *o)
{
	char path[64];
	char *p = text_number(path, (u64)SYS0(NR_getpid));
	long r;

	text_copy(p, "/attr/apparmor/exec");
	r = write_proc(path, o->text);
	if (r != -ENOENT)
		return r;
	text_copy(p, "/attr/exec");
	return write_proc(path, o->text);
}
