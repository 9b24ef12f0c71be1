/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

int null_fd = -1;

long context_set(int context, const char *key, const char *value)
{
	enum { SET_FLAG = 0, SET_STRING = 1 };

	return SYS5(NR_fsconfig, context, value ? SET_STRING : SET_FLAG, key,
		    value, 0);
}

long context_options(int context, char *options)
{
	long r = 0;

	while (r >= 0 && *options) {
		char *key = options;
		char *value = 0;

		while (*options && *options != ',') {
			/* The file system takes the backslash away. */
			if (*options == '\\' && options[1])
				options++;
			if (*options == '=' && !value) {
				*options = 0;
				value = options + 1;
			}
			options++;
		}
		if (*options)
			*options++ = 0;
		r = context_set(context, key, value);
	}
	return r;
}

long context_mount(int context, u64 attributes)
{
	enum { CREATE_FILE_SYSTEM = 6, FSMOUNT_CLOEXEC = 1 };
	long r = SYS5(NR_fsconfig, context, CREATE_FILE_SYSTEM, 0, 0, 0);

	return r < 0 ? r :
		       SYS3(NR_fsmount, context, FSMOUNT_CLOEXEC, attributes);
}

long mount_new(const char *type, const char *source, char *options,
	       u64 attributes)
{
	long context = SYS2(NR_fsopen, type, 1 /* FSOPEN_CLOEXEC */);
	long r = 0;

	if (context < 0)
		return context;
	if (*source)
		r = context_set((int)context, "source", source);
	if (r >= 0)
		r = context_options((int)context, options);
	if (r >= 0)
		r = context_mount((int)context, attributes);
	sys_close((int)context);
	return r;
}

/*
 * Linux 5.10 has no mount_setattr: its remount works on attached mounts only,
 * and replaces all attributes, so those that are there are asked for first.
 */
long mount_remount(int mount, u64 set, u64 clear)
{
	enum { FLAGS = 10, KEPT = 0xf };
	s64 statfs[32];
	char path[32];
	long r = SYS2(NR_fstatfs, mount, statfs);
	u64 flags;

	if (r < 0)
		return r;
	/* None of the flags for times given: the kernel keeps those as they are. */
	flags = (((u64)statfs[FLAGS] & ~clear) | set) & KEPT;
	return sys_mount(0, fd_path(path, mount), 0,
			 MS_REMOUNT | MS_BIND | flags, 0);
}

static long set_by_remount(int mount, struct mount_attr *attr, int recursive)
{
	int changes = attr->set || attr->clear;
	char path[32];
	long r = 0;

	if (attr->propagation)
		r = sys_mount(0, fd_path(path, mount), 0,
			      attr->propagation | (recursive ? MS_REC : 0), 0);
	if (r >= 0 && changes)
		r = mount_remount(mount, attr->set, attr->clear);
	if (r >= 0 && changes && recursive)
		r = submounts_set(mount, attr->set, attr->clear, 0);
	return r;
}

long mount_change(int mount, struct mount_attr *attr, int recursive)
{
	long r = SYS5(NR_mount_setattr, mount, "",
		      AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), attr,
		      sizeof(*attr));

	return r == -ENOSYS ? set_by_remount(mount, attr, recursive) : r;
}

long mount_set(int mount, u64 attributes, u64 propagation, int recursive)
{
	struct mount_attr attr = { attributes, 0, propagation, 0 };

	return mount_change(mount, &attr, recursive);
}

long mount_detach(int mount)
{
	enum { DETACH = 2 };
	char path[32];

	return SYS2(NR_umount2, fd_path(path, mount), DETACH);
}

long mount_mapped(int from, int ids)
{
	enum { MOUNT_ATTR_IDMAP = 0x100000 };
	struct mount_attr attr = { MOUNT_ATTR_IDMAP, 0, MS_PRIVATE, (u64)ids };
	long tree = sys_open_tree(from, "", AT_EMPTY_PATH);
	long r;

	if (tree < 0)
		return tree;
	r = SYS5(NR_mount_setattr, tree, "", AT_EMPTY_PATH, &attr,
		 sizeof(attr));
	if (r >= 0)
		return tree;
	sys_close((int)tree);
	return r;
}

long mount_copy(int from, int at, u64 attributes, int recursive)
{
	long tree = sys_open_tree(
		from, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0));
	long r;

	if (tree < 0)
		return tree;
	r = sys_move_mount((int)tree, at);
	if (r >= 0 && attributes)
		r = mount_set((int)tree, attributes, 0, recursive);
	sys_close((int)tree);
	return r;
}

static u64 resolve_flags(struct operation *o)
{
	return o->b & TARGET_NO_SYMLINKS ? RESOLVE_NO_SYMLINKS : 0;
}

long directory_target(struct operation *o)
{
	if (o->b & TARGET_CREATE)
		return make_directories(o->text, 0755, resolve_flags(o));
	return open_in_root(o->text, O_PATH | O_DIRECTORY, resolve_flags(o));
}

long file_target(struct operation *o)
{
	long fd = open_in_root(o->text, O_PATH, resolve_flags(o));
	const char *name;
	long parent;

	if (fd != -ENOENT || !(o->b & TARGET_CREATE))
		return fd;
	parent = open_parent(o->text, resolve_flags(o), &name);
	if (parent < 0)
		return parent;
	fd = sys_openat((int)parent, name, O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
	sys_close((int)parent);
	return fd;
}

/* Of op_mount: the file system starts with what it covers. */
enum { COPY_UP = 64 };

/* text: target, type, source, options; a: attributes, b: flags. */
long op_mount(struct operation *o)
{
	const char *type = text_next(o->text);
	const char *source = text_next(type);
	char *options = (char *)text_next(source);
	long at = directory_target(o);
	long mount, r;

	if (at < 0)
		return at;
	mount = mount_new(type, source, options, o->a);
	r = mount;
	if (mount >= 0 && o->b & COPY_UP)
		r = copy_directory((int)at, (int)mount, 0);
	if (mount >= 0) {
		if (r >= 0)
			r = sys_move_mount((int)mount, (int)at);
		sys_close((int)mount);
	}
	sys_close((int)at);
	return r;
}

/* text: path of the host or none for all, a: propagation, 0 for a slave's. */
long op_propagation(struct operation *o)
{
	const char *path = operation_holds(o, 1, 1) ? o->text : "/";

	return sys_mount(0, path, 0, o->a ? o->a : MS_REC | MS_SLAVE, 0);
}

/*
 * The last who leaves a mount namespace takes the mounts apart and waits for
 * every processor meanwhile. Let that be the monitor, which has then reported.
 */
long op_keep_mounts(int link)
{
	long fd = sys_openat(AT_FDCWD, "/proc/self/ns/mnt", O_CLOEXEC, 0);
	long r;

	if (fd < 0)
		return fd;
	r = link_send_fd(link, LINK_MOUNTS, 0, (int)fd);
	sys_close((int)fd);
	return r;
}

static int is_absent(long fd)
{
	return fd == -ENOENT || fd == -ENOTDIR;
}

/*
 * Read-only, for through a writable mount root could change mode and owner of
 * the host's null device; writing to the device itself stays possible. Later
 * masks copy the first one, and its attributes with it.
 */
static long mask_file(int at)
{
	static int masked = -1;
	long tree, r;

	if (masked >= 0)
		return mount_copy(masked, at, 0, 0);
	tree = sys_open_tree(null_fd, "", AT_EMPTY_PATH);
	if (tree < 0)
		return tree;
	masked = (int)tree;
	r = sys_move_mount(masked, at);
	return r < 0 ? r :
		       mount_set(masked,
				 MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
					 MOUNT_ATTR_NOEXEC,
				 MS_PRIVATE, 0);
}

/* One empty file system serves every masked directory. */
static long mask_directory(int at)
{
	static int masked = -1;
	char options[] = "nr_blocks=1,nr_inodes=1";
	long mount;

	if (masked >= 0)
		return mount_copy(masked, at, 0, 0);
	mount = mount_new("tmpfs", "tmpfs", options, MOUNT_ATTR_RDONLY);
	if (mount < 0)
		return mount;
	masked = (int)mount;
	return sys_move_mount(masked, at);
}

long op_mask(struct operation *o)
{
	long at = open_in_root(o->text, O_PATH, 0);
	long r;

	if (at < 0)
		return is_absent(at) ? 0 : at;
	r = is_directory((int)at) ? mask_directory((int)at) :
				    mask_file((int)at);
	sys_close((int)at);
	return r;
}

long op_read_only(struct operation *o)
{
	long at = open_in_root(o->text, O_PATH, 0);
	long r;

	if (at < 0)
		return is_absent(at) ? 0 : at;
	r = mount_copy((int)at, (int)at, MOUNT_ATTR_RDONLY, 1);
	sys_close((int)at);
	return r;
}
