/* SPDX-License-Identifier: Apache-2.0 */
#include "operations.h"

enum {
	PR_SET_PDEATHSIG = 1,
	PR_GET_PDEATHSIG = 2,
	PR_SET_KEEPCAPS = 8,
	PR_CAPBSET_DROP = 24,
	PR_CAP_AMBIENT = 47,
};

/* Drops what is not in "a"; the kernel's last capability ends the loop. */
long op_bounding_set(struct operation *o)
{
	u64 i;

	for (i = 0; i < 64; i++) {
		long r;

		if (o->a >> i & 1)
			continue;
		r = sys_prctl(PR_CAPBSET_DROP, i, 0);
		if (r == -EINVAL)
			break;
		if (r < 0)
			return r;
	}
	return 0;
}

/* text: the program; a: its instructions, b: flags. */
long op_seccomp(struct operation *o)
{
	enum { SET_MODE_FILTER = 1, NEW_LISTENER = 8 };
	struct {
		u16 length;
		u16 zero[3];
		void *program;
	} filter = { (u16)o->a, { 0, 0, 0 }, o->text };

	/* Whoever has a successor leaves the session to that. */
	long r = born_outside ? 0 : own_session();

	if (!operation_holds(o, o->a, 8))
		return -EINVAL;
	if (r < 0)
		return r;
	/* While it is sure to be allowed; op_execute may no longer be. */
	SYS3(NR_close_range, CONTROL_FD + preserved, ~0U, CLOSE_RANGE_CLOEXEC);
	r = SYS3(NR_seccomp, SET_MODE_FILTER, o->b, &filter);
	return r > 0 && (o->b & NEW_LISTENER) ? listener_give((int)r) : r;
}

/*
 * Whoever owns a pipe may open it again by /proc/self/fd, as programs do that
 * write to /dev/stdout. Nothing else on these descriptors is the container's.
 */
static long own_pipes(u32 uid)
{
	struct stat st;
	int i;

	for (i = 0; i < 3; i++) {
		long r = sys_statx(i, "", AT_EMPTY_PATH, &st);

		if (r < 0 || (st.mode & S_IFMT) != S_IFIFO || st.uid == uid)
			continue;
		r = SYS3(NR_fchown, i, uid, -1);
		if (r < 0)
			return r;
	}
	return 0;
}

/* a: uid. */
long op_own_pipes(struct operation *o)
{
	return own_pipes((u32)o->a);
}

/* a: uid, b: gid, c: number of groups, or -1 to keep them; text: the groups. */
long op_ids(struct operation *o)
{
	int death_signal = 0;
	int keep = o->c == ~0ULL;
	long r = keep || operation_holds(o, o->c, 4) ? own_pipes((u32)o->a) :
						       -EINVAL;

	SYS2(NR_prctl, PR_GET_PDEATHSIG, &death_signal);
	/* Capabilities stay permitted: a later operation says which remain. */
	if (r >= 0)
		r = sys_prctl(PR_SET_KEEPCAPS, 1, 0);
	if (r >= 0 && !keep)
		r = SYS2(NR_setgroups, o->c, o->text);
	if (r >= 0)
		r = SYS1(NR_setgid, o->b);
	if (r >= 0)
		r = SYS1(NR_setuid, o->a);
	/* The kernel forgets the signal when ids change. */
	if (r >= 0 && death_signal)
		r = sys_prctl(PR_SET_PDEATHSIG, (u64)death_signal, 0);
	return r;
}

/* a, b, c: effective, permitted, inheritable; text: ambient. */
long op_capabilities(struct operation *o)
{
	enum { VERSION_3 = 0x20080522, AMBIENT_RAISE = 2, AMBIENT_CLEAR = 4 };
	u32 header[2] = { VERSION_3, 0 };
	u32 sets[6] = { (u32)o->a,	   (u32)o->b,	      (u32)o->c,
			(u32)(o->a >> 32), (u32)(o->b >> 32), (u32)(o->c >> 32) };
	u64 ambient, i;
	long r;

	if (!operation_holds(o, 1, sizeof(ambient)))
		return -EINVAL;
	ambient = *(u64 *)o->text;
	r = SYS2(NR_capset, header, sets);

	if (r >= 0)
		r = sys_prctl(PR_CAP_AMBIENT, AMBIENT_CLEAR, 0);
	for (i = 0; r >= 0 && i < 64; i++)
		if (ambient >> i & 1)
			r = sys_prctl(PR_CAP_AMBIENT, AMBIENT_RAISE, i);
	return r;
}
