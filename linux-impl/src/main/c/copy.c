/* SPDX-License-Identifier: Apache-2.0 */
/* Copies a directory of the root into a file system that will cover it. */
#include "mounts.h"
#include "text.h"

enum { CHUNK = 4096, DEEPEST = 64 };

struct entry {
	u64 ino;
	s64 off;
	u16 length;
	u8 type;
	char name[];
};

static long copy_bytes(int from, int to)
{
	char bytes[CHUNK];
	long n;

	while ((n = sys_read(from, bytes, sizeof(bytes))) > 0) {
		long done = 0;

		while (done < n) {
			long w = sys_write(to, bytes + done,
					   (unsigned long)(n - done));

			if (w < 0)
				return w;
			done += w;
		}
	}
	return n;
}

static long copy_file(int from, int to, const char *name)
{
	long source = sys_openat(from, name, O_NOFOLLOW, 0);
	long target, r;

	if (source < 0)
		return source;
	target = sys_openat(to, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	r = target;
	if (target >= 0) {
		r = copy_bytes((int)source, (int)target);
		sys_close((int)target);
	}
	sys_close((int)source);
	return r;
}

static long copy_link(int from, int to, const char *name)
{
	char target[CHUNK];
	long n = SYS4(NR_readlinkat, from, name, target, sizeof(target) - 1);

	if (n < 0)
		return n;
	target[n] = 0;
	return SYS3(NR_symlinkat, target, to, name);
}

static long copy_below(int from, int to, const char *name, int depth)
{
	long source = sys_openat(from, name, O_DIRECTORY | O_NOFOLLOW, 0);
	long r = source, target;

	if (r >= 0)
		r = SYS3(NR_mkdirat, to, name, 0700);
	if (r >= 0) {
		target = sys_openat(to, name, O_DIRECTORY | O_NOFOLLOW, 0);
		r = target;
		if (target >= 0) {
			r = copy_directory((int)source, (int)target, depth + 1);
			sys_close((int)target);
		}
	}
	if (source >= 0)
		sys_close((int)source);
	return r;
}

/* The mode comes last: changing the owner takes set-id bits away. */
static long copy_entry(int from, int to, const char *name, int depth)
{
	struct stat st;
	u32 kind;
	long r = sys_statx(from, name, AT_SYMLINK_NOFOLLOW, &st);

	if (r < 0)
		return r;
	kind = st.mode & S_IFMT;
	if (kind == S_IFDIR)
		r = copy_below(from, to, name, depth);
	else if (kind == S_IFLNK)
		r = copy_link(from, to, name);
	else if (kind == S_IFREG)
		r = copy_file(from, to, name);
	else
		r = SYS4(NR_mknodat, to, name, st.mode,
			 (st.rdev_minor & 0xff) | (u64)st.rdev_major << 8 |
				 (u64)(st.rdev_minor & ~0xffU) << 12);
	if (r >= 0)
		r = SYS5(NR_fchownat, to, name, st.uid, st.gid,
			 AT_SYMLINK_NOFOLLOW);
	if (r >= 0 && kind != S_IFLNK)
		r = SYS3(NR_fchmodat, to, name, st.mode & 07777);
	return r;
}

static int is_own(const char *name)
{
	return text_equal(name, ".") || text_equal(name, "..");
}

long copy_directory(int from, int to, int depth)
{
	char bytes[CHUNK] __attribute__((aligned(8)));
	long list = sys_openat(from, ".", O_DIRECTORY, 0);
	long n = list, r = 0, at;

	if (depth > DEEPEST)
		r = -ENAMETOOLONG;
	while (r >= 0 && list >= 0 &&
	       (n = SYS3(NR_getdents64, list, bytes, sizeof(bytes))) > 0)
		for (at = 0; r >= 0 && at < n;) {
			struct entry *e = (struct entry *)(bytes + at);

			at += e->length;
			if (!is_own(e->name))
				r = copy_entry(from, to, e->name, depth);
		}
	if (list >= 0)
		sys_close((int)list);
	return r < 0 ? r : n;
}
