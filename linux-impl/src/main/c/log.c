/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output goes from the pipe to the file without passing through this process:
 * splice(2) saves one of the two copies of read and write, and the memory that
 * a buffer for large reads would hold in every monitor.
 */
#include "log.h"
#include "segments.h"

enum {
	/* The largest record; with it and a pipe as large, splice is fastest. */
	CHUNK = 256 << 10,
	/* What a pipe holds when it is made. */
	SMALL_PIPE = 64 << 10,
	FIONREAD = 0x541b,
	F_SETPIPE_SZ = 1031,
	SPLICE_NONBLOCK = 2,
	SCRATCH = 4096,
};

static int file = -1;
static int directory = -1;
static u64 start; /* of the file, in the log */
static u64 end;	  /* of what counts, in the file */
static u64 limit;
static u32 most_files;
static u64 lost;
static int cannot_splice;
static u8 scratch[SCRATCH];

u64 now(void)
{
	struct timespec t = { 0, 0 };

	SYS2(NR_clock_gettime, 0, &t);
	return (u64)t.sec * 1000000000ULL + (u64)t.nsec;
}

void log_open(const struct frame *frame, int first, int where)
{
	long length = SYS3(NR_lseek, first, 0, 2);

	file = first;
	directory = where;
	start = frame->log_start;
	end = length < 0 ? 0 : (u64)length;
	limit = where < 0 ? 0 : frame->log_limit;
	most_files = frame->log_files;
}

u64 log_size(void)
{
	return start + end;
}

/* Where the disk has no room for a new file the old one is used beyond its limit. */
static void rotate(void)
{
	long next = segment_create(directory, start + end);

	if (next < 0)
		return;
	sys_close(file);
	file = (int)next;
	start += end;
	end = 0;
	segments_trim(directory, most_files);
}

static int write_head(u32 length, u8 stream)
{
	const struct log_record head = { length, stream, { 0, 0, 0 }, now() };

	return SYS4(NR_pwrite64, file, &head, sizeof(head), end) ==
	       sizeof(head);
}

/* A shorter record over what does not count must not be followed by its rest. */
static void take_back(void)
{
	SYS2(NR_ftruncate, file, end);
}

static void append_loss(void)
{
	const u64 bytes = lost;

	if (write_head(sizeof(bytes), STREAM_LOST) &&
	    SYS4(NR_pwrite64, file, &bytes, sizeof(bytes),
		 end + sizeof(struct log_record)) == sizeof(bytes)) {
		end += sizeof(struct log_record) + sizeof(bytes);
		lost = 0;
	} else {
		take_back();
	}
}

/* For file systems that pages cannot be spliced to. */
static long copy(int pipe, u64 at, u32 length)
{
	long n = sys_read(pipe, scratch, length < SCRATCH ? length : SCRATCH);
	long written;

	if (n <= 0)
		return n;
	written = SYS4(NR_pwrite64, file, scratch, n, at);
	if (written < 0)
		written = 0;
	lost += (u64)(n - written);
	return written < n ? -EIO : n;
}

static long move(int pipe, u64 at, u32 length)
{
	s64 offset = (s64)at;
	long n;

	if (cannot_splice)
		return copy(pipe, at, length);
	n = SYS6(NR_splice, pipe, 0, file, &offset, length, SPLICE_NONBLOCK);
	if (n != -EINVAL)
		return n;
	cannot_splice = 1;
	return copy(pipe, at, length);
}

/* A full disk must not stop the container: what it cannot take is counted. */
static void discard(int pipe, u32 length)
{
	while (length) {
		long n = sys_read(pipe, scratch,
				  length < SCRATCH ? length : SCRATCH);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return;
		lost += (u64)n;
		length -= (u32)n;
	}
}

/*
 * Returns how many bytes came into the file: none where the disk was too full
 * for all of them, so that room is left to say so.
 */
static u32 fill(int pipe, u32 length)
{
	u32 done = 0;

	while (done < length) {
		u64 at = end + sizeof(struct log_record) + done;
		long n = move(pipe, at, length - done);

		if (n == -EINTR)
			continue;
		/* Whoever owns the pipe may read from it too. */
		if (n == 0 || n == -EAGAIN)
			break;
		if (n < 0) {
			lost += done;
			discard(pipe, length - done);
			return 0;
		}
		done += (u32)n;
	}
	return done;
}

/*
 * The head is written first, so that a reader sees a record that is not
 * complete, never one of other bytes; it is written again where fewer came. The
 * position is one that only this process moves.
 */
static void append(int pipe, u32 length, u8 stream)
{
	u32 done = 0;

	if (write_head(length, stream))
		done = fill(pipe, length);
	else
		discard(pipe, length);
	if (done == 0 || (done < length && !write_head(done, stream)))
		take_back();
	else
		end += sizeof(struct log_record) + done;
}

/*
 * Only a writer that fills its pipe gets a larger one: there is a limit to what
 * all pipes of a user hold together.
 */
static void enlarge(int pipe)
{
	SYS3(NR_fcntl, pipe, F_SETPIPE_SZ, CHUNK);
}

static u32 length_of(u32 available)
{
	u64 most = CHUNK;

	if (limit && limit > sizeof(struct log_record) &&
	    limit - sizeof(struct log_record) < most)
		most = limit - sizeof(struct log_record);
	return available < most ? available : (u32)most;
}

static void make_room(u32 length)
{
	if (limit && end && end + sizeof(struct log_record) + length > limit)
		rotate();
}

/* Tells an empty pipe from one without a writer. */
static long state_of(int pipe)
{
	const struct timespec at_once = { 0, 0 };
	struct pollfd p = { pipe, POLLIN, 0 };

	SYS5(NR_ppoll, &p, 1, &at_once, 0, 0);
	return p.revents && !(p.revents & POLLIN) ? 0 : -EAGAIN;
}

long log_take(int pipe, u8 stream)
{
	int available = 0;
	u32 length;

	if (lost)
		append_loss();
	if (SYS3(NR_ioctl, pipe, FIONREAD, &available) < 0)
		return 0;
	if (available <= 0)
		return state_of(pipe);
	if (available == SMALL_PIPE)
		enlarge(pipe);
	length = length_of((u32)available);
	make_room(length);
	append(pipe, length, stream);
	return length;
}

long log_copy(int fd, u8 stream)
{
	long n;

	if (lost)
		append_loss();
	do
		n = sys_read(fd, scratch, length_of(SCRATCH));
	while (n == -EINTR);
	if (n <= 0)
		return n;
	make_room((u32)n);
	if (write_head((u32)n, stream) &&
	    SYS4(NR_pwrite64, file, scratch, n,
		 end + sizeof(struct log_record)) == n) {
		end += sizeof(struct log_record) + (u64)n;
	} else {
		lost += (u64)n;
		take_back();
	}
	return n;
}
