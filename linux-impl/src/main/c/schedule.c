/* SPDX-License-Identifier: Apache-2.0 */
/* When and where the process gets its turns. */
#include "operations.h"

/* text: struct sched_attr; a: its size. */
long op_scheduler(struct operation *o)
{
	if (!operation_holds(o, o->a, 1))
		return -EINVAL;
	return SYS3(NR_sched_setattr, 0, o->text, 0);
}

/* text: a bit for each processor; a: bytes. */
long op_processors(struct operation *o)
{
	long r = operation_holds(o, o->a, 1) ? 0 : -EINVAL;

	if (r >= 0)
		r = SYS3(NR_sched_setaffinity, 0, o->a, o->text);
	return r < 0 ? r : 0;
}

/*
 * text: a bit for each memory node; a: mode with flags, b: bytes. The kernel
 * wants one bit more than there are.
 */
long op_memory_policy(struct operation *o)
{
	if (o->b && !operation_holds(o, o->b, 1))
		return -EINVAL;
	return SYS3(NR_set_mempolicy, o->a, o->b ? o->text : 0,
		    o->b ? o->b * 8 + 1 : 0);
}
