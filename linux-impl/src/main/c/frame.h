/* SPDX-License-Identifier: Apache-2.0 */
/* The request, as Java sent it. */
#ifndef FRAME_H
#define FRAME_H

#include "wire.h"

extern struct frame frame;
extern struct operation *operations;

/* Reads all of it from the control socket; a frame that does not add up is refused. */
long frame_read(void);

/* The descriptor with that index among those passed, or -1. */
int frame_passed(s32 index);

/* Reads exactly "length" bytes, or says why not; the end is an error too. */
long read_all(int fd, void *to, unsigned long length);

#endif
