/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

#define PAGE_SIZE 4096
#define MOST_LOWERS 127

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

static long bind_as_root(int dir, const char *source, int flags,
			 const char *mount_point, u64 attributes)
{
	long tree = sys_open_tree(dir, source, flags | AT_RECURSIVE);
	long r;

	if (tree < 0)
		return tree;
	r = attach_root((int)tree, mount_point);
	return r < 0 ? r : mount_set((int)tree, attributes, MS_PRIVATE, 1);
}

/* text: source, mount point. */
long op_root_bind(struct operation *o)
{
	return bind_as_root(AT_FDCWD, o->text, 0, text_next(o->text), 0);
}

struct overlay {
	const char *mount_point;
	const char *layers;
	const char *upper;
	const char *work;
	char *options;
	int upper_fd;
	int work_fd;
	u64 count;
	int lower[MOST_LOWERS];
	/* Where copies with mapped ids are attached, or -1. */
	int scratch;
	u64 attached;
};

/*
 * Ids of a layer as the user namespace has them: a copy of the mount that maps.
 * It is attached, since overlays of detached mounts came only with Linux 6.15.
 */
static long with_mapped_ids(struct overlay *v, long directory)
{
	char name[24];
	long copy, at, r;

	if (directory < 0 || v->scratch < 0)
		return directory;
	copy = mount_mapped((int)directory, ids_fd);
	sys_close((int)directory);
	if (copy < 0)
		return copy;
	text_number(name, v->attached++);
	r = SYS3(NR_mkdirat, v->scratch, name, 0700);
	at = r < 0 ? r : sys_openat(v->scratch, name, O_PATH | O_DIRECTORY, 0);
	r = at;
	if (at >= 0) {
		r = sys_move_mount((int)copy, (int)at);
		sys_close((int)at);
	}
	if (r >= 0)
		return copy;
	sys_close((int)copy);
	return r;
}

/* Seen in this mount namespace only, below the overlay to come. */
static long open_scratch(struct overlay *v)
{
	char options[] = "mode=700";
	long mount, at, r;

	if (v->scratch < 0)
		return 0;
	mount = mount_new("tmpfs", "tmpfs", options, 0);
	if (mount < 0)
		return mount;
	at = sys_openat(AT_FDCWD, v->mount_point, O_PATH | O_DIRECTORY, 0);
	r = at;
	if (at >= 0) {
		r = sys_move_mount((int)mount, (int)at);
		sys_close((int)at);
	}
	v->scratch = (int)mount;
	return r;
}

/* The last name of a path without a slash at its end. */
static const char *last_name(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	return name;
}

/* An overlay wants both in one mount: that of the directory above them. */
static long open_writable(struct overlay *v, int dir)
{
	char parent[PATH_SIZE];
	const char *upper = last_name(v->upper);
	unsigned long length = (unsigned long)(upper - v->upper);
	long above, r;

	if (v->scratch < 0) {
		upper = v->upper;
		above = dir;
	} else {
		if (!length || length >= sizeof(parent))
			return -EINVAL;
		memcpy(parent, v->upper, length);
		parent[length] = 0;
		above = with_mapped_ids(v, sys_openat(dir, parent,
						      O_PATH | O_DIRECTORY, 0));
		if (above < 0)
			return above;
	}
	r = sys_openat((int)above, upper, O_PATH | O_DIRECTORY, 0);
	v->upper_fd = (int)r;
	if (r >= 0) {
		r = sys_openat((int)above,
			       v->scratch < 0 ? v->work : last_name(v->work),
			       O_PATH | O_DIRECTORY, 0);
		v->work_fd = (int)r;
	}
	if (above != dir)
		sys_close((int)above);
	return r < 0 ? r : 0;
}

/*
 * The directories are named to the overlay by descriptor: no name is too long
 * for fsconfig(2) or for the one page of mount(2), no character needs to be
 * escaped, and /proc/mounts does not tell the container where they are.
 */
static long open_layers(struct overlay *v, const char *name)
{
	long dir = sys_openat(AT_FDCWD, v->layers, O_PATH | O_DIRECTORY, 0);
	long r = dir < 0 ? dir : open_scratch(v);
	u64 i;

	for (i = 0; r >= 0 && i < v->count; i++) {
		r = with_mapped_ids(v, sys_openat((int)dir, name,
						  O_PATH | O_DIRECTORY, 0));
		v->lower[i] = (int)r;
		name = text_next(name);
	}
	v->upper_fd = v->work_fd = -1;
	if (r >= 0 && *v->upper)
		r = open_writable(v, (int)dir);
	sys_close((int)dir);
	return r < 0 ? r : 0;
}

static long set_directory(int context, const char *key, int fd)
{
	char path[32];

	return context_set(context, key, fd_path(path, fd));
}

static long overlay_by_context(struct overlay *v, char *options)
{
	long context = SYS2(NR_fsopen, "overlay", 1 /* FSOPEN_CLOEXEC */);
	long r = context;
	u64 i;

	if (context < 0)
		return context;
	for (i = 0; r >= 0 && i < v->count; i++)
		r = set_directory((int)context, "lowerdir+", v->lower[i]);
	if (r >= 0 && v->upper_fd >= 0)
		r = set_directory((int)context, "upperdir", v->upper_fd);
	if (r >= 0 && v->upper_fd >= 0)
		r = set_directory((int)context, "workdir", v->work_fd);
	if (r >= 0)
		r = context_options((int)context, options);
	if (r >= 0)
		r = context_mount((int)context, 0);
	sys_close((int)context);
	return r;
}

/* Kernels that do not know "lowerdir+" take all names in one page. */
static long overlay_by_mount(struct overlay *v)
{
	char data[PAGE_SIZE];
	char path[32];
	char *p = text_copy(data, "lowerdir=");
	long r;
	u64 i;

	/* 127 names of at most 19 bytes: only the options can be too long. */
	if (text_length(v->options) > 1024)
		return -E2BIG;
	for (i = 0; i < v->count; i++) {
		if (i)
			p = text_copy(p, ":");
		p = text_copy(p, fd_path(path, v->lower[i]));
	}
	if (v->upper_fd >= 0) {
		p = text_copy(p, ",upperdir=");
		p = text_copy(p, fd_path(path, v->upper_fd));
		p = text_copy(p, ",workdir=");
		p = text_copy(p, fd_path(path, v->work_fd));
	}
	if (*v->options) {
		p = text_copy(p, ",");
		text_copy(p, v->options);
	}
	r = sys_mount("overlay", v->mount_point, "overlay", 0, data);
	if (r < 0)
		return r;
	r = sys_openat(AT_FDCWD, v->mount_point, O_PATH | O_DIRECTORY, 0);
	return r < 0 ? r : become_root((int)r);
}

static long overlay_mount(struct overlay *v)
{
	char options[1025];
	long mount;

	if (text_length(v->options) >= sizeof(options))
		return -E2BIG;
	text_copy(options, v->options);
	mount = overlay_by_context(v, options);
	if (mount == -EINVAL || mount == -ENOSYS)
		return overlay_by_mount(v);
	return mount < 0 ? mount : attach_root((int)mount, v->mount_point);
}

/*
 * text: mount point, layers, upper, work, options, lowers; a: their number,
 * b: whether ids are mapped.
 */
long op_root_overlay(struct operation *o)
{
	struct overlay v;
	const char *lowers;
	long r;
	u64 i;

	v.count = o->a;
	if (!v.count || v.count > MOST_LOWERS)
		return -EINVAL;
	v.mount_point = o->text;
	v.layers = text_next(v.mount_point);
	v.upper = text_next(v.layers);
	v.work = text_next(v.upper);
	v.options = (char *)text_next(v.work);
	lowers = text_next(v.options);
	v.scratch = o->b ? 0 : -1;
	v.attached = 0;
	if (o->b && ids_fd < 0)
		return -EINVAL;
	r = open_layers(&v, lowers);
	if (r < 0)
		return r;
	/* An overlay of one directory and no upper one is not allowed. */
	if (v.count == 1 && v.upper_fd < 0)
		r = bind_as_root(v.lower[0], "", AT_EMPTY_PATH, v.mount_point,
				 MOUNT_ATTR_RDONLY);
	else
		r = overlay_mount(&v);
	for (i = 0; i < v.count; i++)
		sys_close(v.lower[i]);
	if (v.upper_fd >= 0) {
		sys_close(v.upper_fd);
		sys_close(v.work_fd);
	}
	if (v.scratch >= 0)
		sys_close(v.scratch);
	return r;
}

long op_root_read_only(void)
{
	return mount_set(root_fd, MOUNT_ATTR_RDONLY, 0, 0);
}

/*
 * The old root is stacked below the new one for a moment: it is made a slave
 * first, so that letting go of it does not unmount anything on the host.
 */
long op_pivot(void)
{
	enum { DETACH = 2, SLAVE = 0x80000 };
	long r = SYS1(NR_fchdir, root_fd);

	if (r >= 0)
		r = SYS2(NR_pivot_root, ".", ".");
	if (r >= 0)
		r = sys_mount(0, ".", 0, SLAVE | MS_REC, 0);
	if (r >= 0)
		r = SYS2(NR_umount2, ".", DETACH);
	if (r >= 0)
		r = SYS1(NR_chdir, "/");
	if (r < 0)
		return r;
	sys_close(root_fd);
	sys_close(null_fd);
	root_fd = null_fd = -1;
	SYS1(NR_umask, 022);
	return reopen_null();
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
