/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"
#include "paths.h"
#include "text.h"

/*
 * Kernels without mount_setattr change one mount at a time, and for a bind that
 * is private to its top but not below there is no call at all: the mounts below
 * one are looked up in mountinfo, by the numbers of their parents, and opened
 * by their paths. Others may rename what lies on such a path meanwhile, so what
 * was opened must have the number that was read, and if not, all is read again.
 */
enum { MOST = 4096, TRIES = 100, CHUNK = 4096 };

struct line {
	u64 id;
	u64 parent;
	char path[PATH_SIZE];
};

struct reader {
	int fd;
	u32 at;
	u32 end;
	char chunk[CHUNK];
};

static u32 known[MOST];
static u32 known_count;

static long mount_id(int fd)
{
	enum { MNT_ID = 0x1000 };
	struct stat st;
	long r = SYS5(NR_statx, fd, "", AT_EMPTY_PATH, MNT_ID, &st);

	return r < 0 ? r : (long)st.spare[0];
}

static int next_byte(struct reader *in)
{
	long r;

	if (in->at == in->end) {
		r = sys_read(in->fd, in->chunk, sizeof(in->chunk));
		if (r <= 0)
			return -1;
		in->at = 0;
		in->end = (u32)r;
	}
	return (u8)in->chunk[in->at++];
}

static int read_number(struct reader *in, u64 *number)
{
	int c = next_byte(in);

	for (*number = 0; c >= '0' && c <= '9'; c = next_byte(in))
		*number = *number * 10 + (u64)(c - '0');
	return c;
}

static void skip_field(struct reader *in)
{
	int c;

	do
		c = next_byte(in);
	while (c >= 0 && c != ' ');
}

/* Blanks and backslashes are three octal digits after a backslash. */
static int read_path(struct reader *in, char *to)
{
	u32 length = 0;
	int c = next_byte(in);

	for (; c > ' '; c = next_byte(in)) {
		if (c == '\\') {
			c = (next_byte(in) - '0') << 6;
			c |= (next_byte(in) - '0') << 3;
			c |= next_byte(in) - '0';
		}
		if (length < PATH_SIZE - 1)
			to[length++] = (char)c;
	}
	to[length] = 0;
	return c;
}

/* Fields: id, parent, device, root, mount point, and what is not read. */
static int read_line(struct reader *in, struct line *l)
{
	int c = read_number(in, &l->id);

	if (c < 0)
		return 0;
	read_number(in, &l->parent);
	skip_field(in);
	skip_field(in);
	for (c = read_path(in, l->path); c >= 0 && c != '\n';)
		c = next_byte(in);
	return 1;
}

static long open_mountinfo(struct reader *in)
{
	long fd = sys_openat(AT_FDCWD, "/proc/self/mountinfo", 0, 0);

	in->fd = (int)fd;
	in->at = in->end = 0;
	return fd;
}

static int is_known(u64 id)
{
	u32 i;

	for (i = 0; i < known_count; i++)
		if (known[i] == id)
			return 1;
	return 0;
}

/* Whether mount "id" is on the same path: it hides what is below it there. */
static int is_stacked(u64 id, const char *path)
{
	struct reader in;
	struct line l;
	int found = 0;

	if (open_mountinfo(&in) < 0)
		return 0;
	while (!found && read_line(&in, &l))
		found = l.id == id && text_equal(l.path, path);
	sys_close(in.fd);
	return found;
}

static long set_one(struct line *l, u64 set, u64 clear, u64 propagation)
{
	char path[32];
	long r = 0;
	long fd = open_resolved(AT_FDCWD, l->path, O_PATH,
				RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	long id;

	if (fd < 0)
		return -EAGAIN;
	id = mount_id((int)fd);
	if (id != (long)l->id)
		r = is_stacked((u64)id, l->path) ? 0 : -EAGAIN;
	else if (propagation)
		r = sys_mount(0, fd_path(path, (int)fd), 0, propagation, 0);
	else
		r = mount_remount((int)fd, set, clear);
	sys_close((int)fd);
	return r;
}

/* One pass over all mounts; returns how many were found below known ones. */
static long pass(u64 set, u64 clear, u64 propagation)
{
	struct reader in;
	struct line l;
	long found = 0;
	long r = open_mountinfo(&in);

	while (r >= 0 && read_line(&in, &l)) {
		if (!is_known(l.parent) || is_known(l.id))
			continue;
		if (known_count == MOST) {
			r = -E2BIG;
			break;
		}
		known[known_count++] = (u32)l.id;
		found++;
		r = set_one(&l, set, clear, propagation);
	}
	sys_close(in.fd);
	return r < 0 ? r : found;
}

long submounts_set(int mount, u64 set, u64 clear, u64 propagation)
{
	int tries = TRIES;
	long top = mount_id(mount);
	long r;

	if (top < 0)
		return top;
	do {
		known[0] = (u32)top;
		known_count = 1;
		do
			r = pass(set, clear, propagation);
		while (r > 0);
	} while (r == -EAGAIN && --tries);
	return r;
}
