/* SPDX-License-Identifier: Apache-2.0 */
/* The log file: the container's output in records, written by the monitor only. */
#ifndef LOG_H
#define LOG_H

#include "sys.h"

enum { STREAM_STDOUT = 1, STREAM_STDERR = 2, STREAM_LOST = 3 };

/* Appends to "file" from its end on. */
void log_open(int file);

/*
 * Reads once from the non-blocking "pipe" and appends what came. Positive: more
 * may follow; 0: no writer is left; -EAGAIN: empty for now.
 */
long log_take(int pipe, u8 stream);

/* How long the file is, as far as it counts. */
u64 log_size(void);

/* Nanoseconds since 1970. */
u64 now(void);

#endif
