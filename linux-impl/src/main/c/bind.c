/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

/* Flags of op_bind, beside those of targets and of propagation, MS_... */
enum {
	RECURSIVE = 4,
	PASSED_DESCRIPTOR = 8,
	KEEP_PROPAGATION = 16,
	TAKEN = 32,
};

static int taken = -1;

/* Copies a directory's mount in the mount namespace that was entered. */
static long copy_inside(const char *path)
{
	long at = open_resolved(AT_FDCWD, path, O_PATH | O_DIRECTORY,
				RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	long tree;

	if (at < 0)
		return at;
	tree = sys_open_tree((int)at, "", AT_EMPTY_PATH);
	sys_close((int)at);
	return tree;
}

/*
 * a: passed descriptor of a process; text: directory in its root. A namespace
 * lets only those copy its mounts who are in it, and lets a copy go anywhere.
 */
long op_take_tree(struct operation *o)
{
	long own = sys_openat(AT_FDCWD, "/proc/self/ns/mnt", 0, 0);
	long r, tree;

	if (own < 0)
		return own;
	r = SYS2(NR_setns, FIRST_PASSED_FD + (s32)o->a, CLONE_NEWNS);
	if (r < 0)
		return r;
	tree = copy_inside(o->text);
	r = SYS2(NR_setns, own, CLONE_NEWNS);
	sys_close((int)own);
	if (r < 0 || tree < 0)
		return r < 0 ? r : tree;
	taken = (int)tree;
	return 0;
}

/* What lies at "path" below what "from" has open, and not what its links name. */
static long open_below(int from, const char *path)
{
	while (*path == '/')
		path++;
	return open_resolved(from, *path ? path : ".", O_PATH,
			     RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

/* A copy of the mounts at "source" of the host, or of what is below it. */
static long copy_of_host(const char *source, const char *below, int flags)
{
	long from, at, tree;

	if (!*below)
		return sys_open_tree(AT_FDCWD, source, flags);
	from = sys_openat(AT_FDCWD, source, O_PATH, 0);
	if (from < 0)
		return from;
	at = open_below((int)from, below);
	sys_close((int)from);
	if (at < 0)
		return at;
	tree = sys_open_tree((int)at, "", flags | AT_EMPTY_PATH);
	sys_close((int)at);
	return tree;
}

/* A descriptor that was passed is a detached mount made outside. */
static long bind_source(struct operation *o)
{
	const char *source = text_next(o->text);

	if (o->b & PASSED_DESCRIPTOR)
		return FIRST_PASSED_FD + (s32)o->c;
	if (o->b & TAKEN)
		return taken;
	return copy_of_host(source, text_next(source),
			    o->b & RECURSIVE ? AT_RECURSIVE : 0);
}

/*
 * A copy of the host's mounts that no operation has made a slave is a peer of
 * them: shared. Without a word it would stay what it is; private is the usual.
 */
static long set_propagation(int mount, u64 attributes, u64 propagation,
			    int recursive)
{
	long r;

	/* Private: what the host mounts later stays out. */
	if (!propagation)
		return mount_set(mount, attributes, MS_PRIVATE, recursive);
	r = attributes ? mount_set(mount, attributes, 0, recursive) : 0;
	if (r >= 0 && recursive && !(propagation & MS_REC))
		r = submounts_set(mount, 0, 0, MS_PRIVATE);
	/* What is shared with the host is so already, and anew would be apart. */
	if (r >= 0 && (propagation & MS_SLAVE))
		r = mount_set(mount, 0, MS_SLAVE,
			      propagation & MS_REC ? 1 : 0);
	return r;
}

static long finish_bind(int tree, struct operation *o)
{
	int recursive = o->b & RECURSIVE ? 1 : 0;

	if (o->b & KEEP_PROPAGATION)
		return mount_set(tree, o->a, 0, recursive);
	return set_propagation(tree, o->a,
			       o->b & (MS_SLAVE | MS_SHARED | MS_REC),
			       recursive);
}

/* text: target, source, below; a: attributes, b: flags, c: passed descriptor. */
long op_bind(struct operation *o)
{
	long tree = bind_source(o);
	long at, r;

	if (tree < 0)
		return tree;
	at = is_directory((int)tree) ? directory_target(o) : file_target(o);
	r = at;
	if (at >= 0) {
		r = sys_move_mount((int)tree, (int)at);
		sys_close((int)at);
	}
	if (r >= 0)
		r = finish_bind((int)tree, o);
	sys_close((int)tree);
	return r;
}

/* Takes a mount away and puts what is below it at the same place. */
static long narrow(int mount, int at, const char *below)
{
	long part = open_below(mount, below);
	long tree, r;

	if (part < 0)
		return part;
	tree = is_directory((int)part) ?
		       sys_open_tree((int)part, "", AT_EMPTY_PATH) :
		       -ENOTDIR;
	sys_close((int)part);
	if (tree < 0)
		return tree;
	r = mount_detach(mount);
	if (r >= 0)
		r = sys_move_mount((int)tree, at);
	if (r >= 0)
		return tree;
	sys_close((int)tree);
	return r;
}

/*
 * text: target, below, options, upper, work, layers, lowers; a: attributes,
 * b: flags, c: number of lowers.
 */
long op_overlay(struct operation *o)
{
	const char *below = text_next(o->text);
	struct overlay v;
	long r = overlay_open(&v, text_next(below), o->c, 0);
	long at, mount, part;

	if (r < 0)
		return r;
	at = directory_target(o);
	mount = at < 0 ? at : overlay_attach(&v, (int)at, o->text, 0);
	overlay_close(&v);
	if (mount >= 0 && *below) {
		part = narrow((int)mount, (int)at, below);
		sys_close((int)mount);
		mount = part;
	}
	r = mount;
	if (mount >= 0) {
		r = mount_set((int)mount, o->a, MS_PRIVATE, 0);
		sys_close((int)mount);
	}
	if (at >= 0)
		sys_close((int)at);
	return r;
}

/* text: path of the host; c: passed descriptor of a mount made outside. */
long op_attach(struct operation *o)
{
	long at = sys_openat(AT_FDCWD, o->text, O_PATH | O_DIRECTORY, 0);
	long r;

	if (at < 0)
		return at;
	r = sys_move_mount(FIRST_PASSED_FD + (s32)o->c, (int)at);
	sys_close((int)at);
	return r;
}

/*
 * text: path; a, b: attributes to set and to clear, c: propagation, with
 * RECURSIVE for all that is mounted below.
 */
long op_change_mount(struct operation *o)
{
	struct mount_attr attr = { o->a, o->b, o->c & ~(u64)RECURSIVE, 0 };
	long at = open_in_root(o->text, O_PATH, 0);
	long r;

	if (at < 0)
		return at;
	r = mount_change((int)at, &attr, o->c & RECURSIVE ? 1 : 0);
	sys_close((int)at);
	return r;
}
