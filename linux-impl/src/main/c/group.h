/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process without a pid namespace of its own does not take along what it has
 * started: its control group says who belongs to it.
 */
#ifndef GROUP_H
#define GROUP_H

#include "sys.h"

/* Readable when a child may have ended; -1 where nobody asked for a group. */
int group_watch(void);

/* Reaps every child that has ended but "kept". */
void group_reap(s32 kept);

/* Kills all that is in the group, and reaps it; the first process has ended. */
void group_end(void);

#endif
