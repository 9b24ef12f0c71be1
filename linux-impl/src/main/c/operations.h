/* SPDX-License-Identifier: Apache-2.0 */
/* Every operation, by subject. Each returns 0 or a negative error number. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "wire.h"

static inline struct operation *operation_next(struct operation *o)
{
	return (struct operation *)((char *)o + o->length);
}

static inline struct operation *operations_at(struct operation *o, u32 index)
{
	while (index--)
		o = operation_next(o);
	return o;
}

/* Whether "count" items of "size" bytes fit into what follows the numbers. */
static inline int operation_holds(struct operation *o, u64 count, u64 size)
{
	return count <= (o->length - sizeof(*o)) / size;
}

/* Runs operation number "index"; "link" leads to the monitor. */
long operation_run(struct operation *o, int link, u32 index);

/* process.c */
long op_write_file(struct operation *o);
long op_join_namespaces(struct operation *o);
long op_resource_limit(struct operation *o);
long op_working_directory(struct operation *o, int link);
long op_user_namespace(struct operation *o, int link, u32 index);
long op_loopback_up(void);
long op_freezer(struct operation *o);
long op_execute(struct operation *o);
long op_hold(int link);
long op_preserve(struct operation *o);
long op_listener(struct operation *o, int link);

/* Says that this is the filter's listener to who is to have it; or does nothing. */
long listener_give(int filter);

/* Whether the socket for that is open, right above the link. */
int listener_is_there(void);

/* How many descriptors from CONTROL_FD on are the program's. */
extern int preserved;

/*
 * Points at the words of an operation: "a" arguments, then "b" of the
 * environment, each list with a null pointer at its end.
 */
long operation_words(struct operation *o, char ***argv, char ***envp);

/*
 * Leaves the caller's session, whose terminal /dev/tty would open. Whoever
 * needs it earlier asks; at the latest it is done before a filter is loaded or
 * the program executed, so that the work before does not wait for the first
 * turn of a new scheduling group.
 */
long own_session(void);
void freezer_thaw(void);

/* Whether the next new session gets descriptor 0 as its terminal. */
extern int session_terminal;

/* Replaces null devices of the host on descriptors 0 to 2 by the root's own. */
long reopen_null(void);

/* rights.c */
long op_bounding_set(struct operation *o);
long op_seccomp(struct operation *o);
long op_ids(struct operation *o);
long op_capabilities(struct operation *o);
long op_own_pipes(struct operation *o);

/* birth.c */
long op_born_inside(int link);

/* Whether this process joined a pid namespace that only its children are in. */
extern int born_outside;

/* ids.c */
long op_map_ids(struct operation *o);
long op_enter_user_namespace(void);
long op_be_mapped(struct operation *o, int link, u32 index);

/* A descriptor of the user namespace that op_map_ids made, or -1. */
extern int ids_fd;

/* schedule.c */
long op_scheduler(struct operation *o);
long op_memory_policy(struct operation *o);
long op_processors(struct operation *o);

/* later.c */
long op_call(int link, u32 index);
long op_await_start(struct operation *o, int link, u32 index);
long op_find_program(struct operation *o);

/* hook.c */
long op_hook(struct operation *o);

/* root.c */
long op_root_overlay(struct operation *o);
long op_root_bind(struct operation *o);
long op_root_read_only(void);
long op_pivot(struct operation *o);
long op_sysctl(struct operation *o);
long op_apparmor(struct operation *o);

/* mount.c */
long op_mount(struct operation *o);
long op_bind(struct operation *o);
long op_overlay(struct operation *o);
long op_attach(struct operation *o);
long op_mask(struct operation *o);
long op_read_only(struct operation *o);
long op_change_mount(struct operation *o);
long op_propagation(struct operation *o);
long op_keep_mounts(int link);

/* node.c */
long op_make_directory(struct operation *o);
long op_symlink(struct operation *o);
long op_device(struct operation *o);

long op_take_tree(struct operation *o);

/* terminal.c */
long op_terminal(struct operation *o, int link);

/* init.c */
long op_init(void);

/* In the first process, which op_init has made to stay: never returns there. */
void init_stay(void);

/* group.c */
long op_group(struct operation *o);

#endif
