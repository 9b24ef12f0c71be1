/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHILD_H
#define CHILD_H

#include "wire.h"

struct child {
	struct frame *frame;
	struct operation *operations;
	int link;
	int output[2];
};

/* Runs the child's operations; the last one replaces the program. */
void __attribute__((noreturn)) child_run(struct child *c);

#endif
