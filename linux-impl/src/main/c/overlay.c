/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

#define PAGE_SIZE 4096
#define LONGEST_OPTIONS 1024

static long open_directory(int dir, const char *name)
{
	return sys_openat(dir, name, O_PATH | O_DIRECTORY, 0);
}

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
	at = r < 0 ? r : open_directory(v->scratch, name);
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
static long open_scratch(struct overlay *v, const char *path)
{
	char options[] = "mode=700";
	long mount, at, r;

	if (!path)
		return 0;
	if (ids_fd < 0)
		return -EINVAL;
	mount = mount_new("tmpfs", "tmpfs", options, 0);
	if (mount < 0)
		return mount;
	v->scratch = (int)mount;
	at = open_directory(AT_FDCWD, path);
	if (at < 0)
		return at;
	r = sys_move_mount((int)mount, (int)at);
	sys_close((int)at);
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
static long open_above(struct overlay *v, int dir, const char *upper)
{
	char parent[PATH_SIZE];
	unsigned long length = (unsigned long)(last_name(upper) - upper);

	if (!length || length >= sizeof(parent))
		return -EINVAL;
	memcpy(parent, upper, length);
	parent[length] = 0;
	return with_mapped_ids(v, open_directory(dir, parent));
}

static long open_writable(struct overlay *v, int dir, const char *upper,
			  const char *work)
{
	int mapped = v->scratch >= 0;
	long above = mapped ? open_above(v, dir, upper) : dir;
	long r;

	if (above < 0)
		return above;
	r = open_directory((int)above, mapped ? last_name(upper) : upper);
	v->upper = (int)r;
	if (r >= 0) {
		r = open_directory((int)above, mapped ? last_name(work) : work);
		v->work = (int)r;
	}
	if (mapped)
		sys_close((int)above);
	return r;
}

static long open_lowers(struct overlay *v, int dir, const char *name, u64 count)
{
	long fd = 0;

	while (fd >= 0 && v->count < count) {
		fd = with_mapped_ids(v, open_directory(dir, name));
		v->lower[v->count] = (int)fd;
		v->count += fd >= 0;
		name = text_next(name);
	}
	return fd;
}

long overlay_open(struct overlay *v, const char *text, u64 count,
		  const char *scratch)
{
	const char *upper = text_next(text);
	const char *work = text_next(upper);
	const char *layers = text_next(work);
	long dir, r;

	v->options = text;
	v->upper = v->work = v->scratch = -1;
	v->attached = v->count = 0;
	if (!count || count > MOST_LOWERS)
		return -EINVAL;
	if (text_length(v->options) > LONGEST_OPTIONS)
		return -E2BIG;
	dir = open_directory(AT_FDCWD, layers);
	if (dir < 0)
		return dir;
	r = open_scratch(v, scratch);
	if (r >= 0)
		r = open_lowers(v, (int)dir, text_next(layers), count);
	if (r >= 0 && *upper)
		r = open_writable(v, (int)dir, upper, work);
	sys_close((int)dir);
	if (r < 0)
		overlay_close(v);
	return r;
}

void overlay_close(struct overlay *v)
{
	while (v->count)
		sys_close(v->lower[--v->count]);
	if (v->upper >= 0)
		sys_close(v->upper);
	if (v->work >= 0)
		sys_close(v->work);
	if (v->scratch >= 0)
		sys_close(v->scratch);
	v->upper = v->work = v->scratch = -1;
}

static long set_directory(int context, const char *key, int fd)
{
	char path[32];

	return context_set(context, key, fd_path(path, fd));
}

static long by_context(struct overlay *v)
{
	char options[LONGEST_OPTIONS + 1];
	long context = SYS2(NR_fsopen, "overlay", 1 /* FSOPEN_CLOEXEC */);
	long r = context;
	u64 i;

	if (context < 0)
		return context;
	text_copy(options, v->options);
	for (i = 0; r >= 0 && i < v->count; i++)
		r = set_directory((int)context, "lowerdir+", v->lower[i]);
	if (r >= 0 && v->upper >= 0)
		r = set_directory((int)context, "upperdir", v->upper);
	if (r >= 0 && v->upper >= 0)
		r = set_directory((int)context, "workdir", v->work);
	if (r >= 0)
		r = context_options((int)context, options);
	if (r >= 0)
		r = context_mount((int)context, 0);
	sys_close((int)context);
	return r;
}

/*
 * Kernels that do not know "lowerdir+" take all names in one page: 128 names of
 * at most 19 bytes, and the options. No descriptor leads to what was mounted on
 * it, so the new root is looked up by the path.
 */
static long by_mount(struct overlay *v, int at, const char *path_in_root,
		     const char *path_of_host)
{
	char data[PAGE_SIZE];
	char path[32];
	char *p = text_copy(data, "lowerdir=");
	long r;
	u64 i;

	for (i = 0; i < v->count; i++) {
		if (i)
			p = text_copy(p, ":");
		p = text_copy(p, fd_path(path, v->lower[i]));
	}
	if (v->upper >= 0) {
		p = text_copy(p, ",upperdir=");
		p = text_copy(p, fd_path(path, v->upper));
		p = text_copy(p, ",workdir=");
		p = text_copy(p, fd_path(path, v->work));
	}
	if (*v->options) {
		p = text_copy(p, ",");
		text_copy(p, v->options);
	}
	r = sys_mount("overlay", fd_path(path, at), "overlay", 0, data);
	if (r < 0)
		return r;
	if (path_in_root)
		return open_in_root(path_in_root, O_PATH | O_DIRECTORY,
				    RESOLVE_NO_SYMLINKS);
	return open_directory(AT_FDCWD, path_of_host);
}

/* An overlay of one directory and no upper one is not allowed. */
static long by_bind(struct overlay *v, int at)
{
	long tree = sys_open_tree(v->lower[0], "", AT_EMPTY_PATH);
	long r;

	if (tree < 0)
		return tree;
	r = sys_move_mount((int)tree, at);
	if (r >= 0)
		r = mount_set((int)tree, MOUNT_ATTR_RDONLY, MS_PRIVATE, 0);
	if (r >= 0)
		return tree;
	sys_close((int)tree);
	return r;
}

long overlay_attach(struct overlay *v, int at, const char *path_in_root,
		    const char *path_of_host)
{
	long mount, r;

	if (v->count == 1 && v->upper < 0)
		return by_bind(v, at);
	mount = by_context(v);
	if (mount == -EINVAL || mount == -ENOSYS)
		return by_mount(v, at, path_in_root, path_of_host);
	if (mount < 0)
		return mount;
	r = sys_move_mount((int)mount, at);
	if (r >= 0)
		return mount;
	sys_close((int)mount);
	return r;
}
