/* SPDX-License-Identifier: Apache-2.0 */
#include "segments.h"
#include "text.h"

#define PREFIX "log."

enum {
	LONGEST_NAME = 32,
	ENTRIES = 2048,
};

/* struct linux_dirent64 */
struct entry {
	u64 ino;
	s64 offset;
	u16 length;
	u8 type;
	char name[];
};

static void name_of(u64 position, char *to)
{
	text_number(text_copy(to, PREFIX), position);
}

long segment_create(int directory, u64 position)
{
	char name[LONGEST_NAME];

	name_of(position, name);
	return sys_openat(directory, name, O_RDWR | O_CREAT | O_TRUNC, 0600);
}

/* Whether "name" is that of a segment, and whose. */
static int is_segment(const char *name, u64 *position)
{
	const char *p = PREFIX;
	u64 n = 0;

	for (; *p; p++, name++)
		if (*p != *name)
			return 0;
	if (!*name)
		return 0;
	for (; *name; name++) {
		if (*name < '0' || *name > '9')
			return 0;
		n = 10 * n + (u64)(*name - '0');
	}
	*position = n;
	return 1;
}

/* Counts the segments; "oldest" is where the first of them begins. */
static u32 count(int directory, u64 *oldest)
{
	static u64 buffer[ENTRIES / sizeof(u64)];
	long fd = sys_openat(directory, ".", O_DIRECTORY, 0);
	u32 found = 0;
	long n;

	*oldest = ~0ULL;
	if (fd < 0)
		return 0;
	while ((n = SYS3(NR_getdents64, fd, buffer, sizeof(buffer))) > 0) {
		const char *p = (const char *)buffer;
		const char *end = p + n;

		while (p < end) {
			const struct entry *e = (const struct entry *)p;
			u64 position;

			if (is_segment(e->name, &position)) {
				found++;
				if (position < *oldest)
					*oldest = position;
			}
			p += e->length;
		}
	}
	sys_close((int)fd);
	return found;
}

void segments_trim(int directory, u32 most)
{
	u64 oldest;
	u32 found = count(directory, &oldest);

	while (found > most && found > 1) {
		char name[LONGEST_NAME];

		name_of(oldest, name);
		if (SYS3(NR_unlinkat, directory, name, 0) < 0)
			return;
		found = count(directory, &oldest);
	}
}
