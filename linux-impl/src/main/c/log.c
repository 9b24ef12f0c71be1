/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"
#include "wire.h"

#define CHUNK 65536

static struct {
	struct log_record head;
	u8 bytes[CHUNK];
} piece;

static int log_file = -1;
static u64 log_end;
static u64 lost;

u64 now(void)
{
	struct timespec t = { 0, 0 };

	SYS2(NR_clock_gettime, 0, &t);
	return (u64)t.sec * 1000000000ULL + (u64)t.nsec;
}

void log_open(int file)
{
	long end = SYS3(NR_lseek, file, 0, 2);

	log_file = file;
	log_end = end < 0 ? 0 : (u64)end;
}

u64 log_size(void)
{
	return log_end;
}

/*
 * One write for a whole record, at a position that only this process moves: of
 * a record that did not fit on the disk nothing counts, and the next one is
 * written over its beginning.
 */
static int append(u32 length, u8 stream)
{
	unsigned long size = sizeof(piece.head) + length;

	piece.head.length = length;
	piece.head.stream = stream;
	piece.head.time = now();
	if (SYS4(NR_pwrite64, log_file, &piece, size, log_end) != (long)size) {
		/* A shorter record over it must not be followed by its rest. */
		SYS2(NR_ftruncate, log_file, log_end);
		return 0;
	}
	log_end += size;
	return 1;
}

static void append_loss(void)
{
	*(u64 *)piece.bytes = lost;
	if (append(sizeof(lost), STREAM_LOST))
		lost = 0;
}

long log_take(int pipe, u8 stream)
{
	long n;

	if (lost)
		append_loss();
	do
		n = sys_read(pipe, piece.bytes, CHUNK);
	while (n == -EINTR);
	/* A full disk must not stop the container: count what is dropped. */
	if (n > 0 && !append((u32)n, stream))
		lost += (u64)n;
	return n;
}
