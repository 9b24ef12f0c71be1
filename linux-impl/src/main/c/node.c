/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

long op_make_directory(struct operation *o)
{
	long fd = make_directories(o->text, (u32)o->a, 0);

	if (fd < 0)
		return fd;
	sys_close((int)fd);
	return 0;
}

/* text: path, what it points to. */
long op_symlink(struct operation *o)
{
	const char *name;
	long parent = open_parent(o->text, 0, &name);
	long r;

	if (parent < 0)
		return parent;
	r = SYS3(NR_symlinkat, text_next(o->text), parent, name);
	sys_close((int)parent);
	return r == -EEXIST ? 0 : r;
}

static u32 device_major(u64 device)
{
	return (u32)(device >> 8) & 0xfff;
}

static u32 device_minor(u64 device)
{
	return (u32)(device & 0xff) | ((u32)(device >> 12) & 0xfff00);
}

/* Whether "name" is the device that operation "o" asks for. */
static int is_device(int dir, const char *name, struct operation *o)
{
	struct stat st;

	return sys_statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, &st) ==
		       0 &&
	       (st.mode & S_IFMT) == (o->a & S_IFMT) &&
	       st.rdev_major == device_major(o->b) &&
	       st.rdev_minor == device_minor(o->b);
}

static long bind_host_device(int parent, const char *name, struct operation *o)
{
	long tree = sys_open_tree(AT_FDCWD, text_next(o->text),
				  AT_SYMLINK_NOFOLLOW);
	long at, r;

	if (tree < 0)
		return tree;
	if (!is_device((int)tree, "", o)) {
		sys_close((int)tree);
		return -EPERM;
	}
	at = sys_openat(parent, name, O_CREAT | O_EXCL | O_NOFOLLOW, 0);
	r = at;
	if (at >= 0) {
		r = sys_move_mount((int)tree, (int)at);
		sys_close((int)at);
	}
	sys_close((int)tree);
	return r;
}

/* A node of the container's own belongs to whom "c" names, else to root. */
static long own_device(int parent, const char *name, struct operation *o)
{
	if (!is_device(parent, name, o))
		return -EPERM;
	return !o->c ? 0 :
		       SYS5(NR_fchownat, parent, name, (u32)o->c,
			    (u32)(o->c >> 32), AT_SYMLINK_NOFOLLOW);
}

/*
 * text: path, path on the host; a: type and mode, b: device number, c: uid, gid
 * above it.
 */
long op_device(struct operation *o)
{
	const char *name;
	long parent = open_parent(o->text, 0, &name);
	long r;

	if (parent < 0)
		return parent;
	r = SYS4(NR_mknodat, parent, name, o->a, o->b);
	if (r == -EPERM)
		r = bind_host_device((int)parent, name, o);
	else if (r == 0)
		r = own_device((int)parent, name, o);
	else if (r == -EEXIST && is_device((int)parent, name, o))
		r = 0;
	sys_close((int)parent);
	return r;
}
