/* SPDX-License-Identifier: Apache-2.0 */
#include "paths.h"
#include "text.h"

/*
 * openat2 gives up with EAGAIN when anything on the machine is renamed or
 * mounted while it resolves a "..": an honest machine lets it through soon.
 */
#define TRIES 1000

int root_fd = -1;

long open_resolved(int dir, const char *path, u64 flags, u64 resolve)
{
	struct open_how how = { flags | O_CLOEXEC, 0, resolve };
	int i = TRIES;
	long fd;

	do
		fd = SYS4(NR_openat2, dir, path, &how, sizeof(how));
	while ((fd == -EAGAIN || fd == -EINTR) && i--);
	return fd;
}

long open_in_root(const char *path, u64 flags, u64 resolve)
{
	while (*path == '/')
		path++;
	return open_resolved(root_fd, *path ? path : ".", flags,
			     RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve);
}

/*
 * Opens the directory "path", whose parent is open and whose last name starts
 * at "name". When it is missing it is made there, and then looked up from the
 * root again: another process's link in its place does not lead astray.
 */
static long enter(int parent, const char *path, const char *name, u32 mode,
		  u64 resolve)
{
	long fd = open_in_root(path, O_PATH | O_DIRECTORY, resolve);
	long r;

	if (fd != -ENOENT)
		return fd;
	r = SYS3(NR_mkdirat, parent, name, mode);
	if (r < 0 && r != -EEXIST)
		return r;
	return open_in_root(path, O_PATH | O_DIRECTORY, resolve);
}

long make_directories(const char *path, u32 mode, u64 resolve)
{
	char walked[PATH_SIZE];
	char *p = walked;
	long fd = open_in_root(path, O_PATH | O_DIRECTORY, resolve);

	if (fd != -ENOENT)
		return fd;
	if (text_length(path) >= sizeof(walked))
		return -ENAMETOOLONG;
	text_copy(walked, path);
	fd = open_in_root("", O_PATH | O_DIRECTORY, 0);
	while (fd >= 0) {
		long parent = fd;
		char *name;
		char end;

		while (*p == '/')
			p++;
		if (!*p)
			break;
		name = p;
		while (*p && *p != '/')
			p++;
		end = *p;
		*p = 0;
		fd = enter((int)parent, walked, name, end ? 0755 : mode,
			   resolve);
		*p = end;
		sys_close((int)parent);
	}
	return fd;
}

long open_parent(const char *path, u64 resolve, const char **last)
{
	char directory[PATH_SIZE];
	unsigned long cut = text_length(path);

	if (cut >= sizeof(directory))
		return -ENAMETOOLONG;
	while (cut && path[cut - 1] != '/')
		cut--;
	memcpy(directory, path, cut);
	directory[cut] = 0;
	*last = path + cut;
	return **last ? make_directories(directory, 0755, resolve) : -EINVAL;
}

int is_directory(int fd)
{
	struct stat st;

	return sys_statx(fd, "", AT_EMPTY_PATH, &st) == 0 &&
	       (st.mode & S_IFMT) == S_IFDIR;
}

int is_null_device(int fd)
{
	struct stat st;

	return sys_statx(fd, "", AT_EMPTY_PATH, &st) == 0 &&
	       (st.mode & S_IFMT) == S_IFCHR && st.rdev_major == 1 &&
	       st.rdev_minor == 3;
}

const char *fd_path(char *to, int fd)
{
	text_number(text_copy(to, "/proc/self/fd/"), (u64)fd);
	return to;
}
