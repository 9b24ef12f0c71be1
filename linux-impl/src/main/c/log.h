/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: the container's output in records, written by the monitor only. It
 * lies in files log.N, where N is how many bytes of the log came before it.
 */
#ifndef LOG_H
#define LOG_H

#include "wire.h"

enum { STREAM_STDOUT = 1, STREAM_STDERR = 2, STREAM_LOST = 3 };

/*
 * Appends to the file that the frame names, from its end on; goes on in a new
 * one in "directory" when that has the frame's limit.
 */
void log_open(const struct frame *frame, int file, int directory);

/*
 * Appends what is in the non-blocking "pipe" now, or a part of it. Positive: more
 * may follow; 0: no writer is left; -EAGAIN: empty for now.
 */
long log_take(int pipe, u8 stream);

/* The same for what is no pipe, such as a terminal; a read gives what it gives. */
long log_copy(int fd, u8 stream);

/* How long the log is, as far as it counts, with all that was deleted of it. */
u64 log_size(void);

/* Nanoseconds since 1970. */
u64 now(void);

#endif
