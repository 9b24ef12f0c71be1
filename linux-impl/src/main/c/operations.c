/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"
#include "operations.h"
#include "text.h"

static long ok(long result)
{
	return result < 0 ? result : 0;
}

static long name_host(struct operation *o, long nr)
{
	return SYS2(nr, o->text, text_length(o->text));
}

static long join_keyring(void)
{
	enum { JOIN_SESSION_KEYRING = 1 };
	long r = SYS2(NR_keyctl, JOIN_SESSION_KEYRING, 0);

	/* A kernel without keys has none to leave behind. */
	return r == -ENOSYS ? 0 : ok(r);
}

long operation_run(struct operation *o, int link, u32 index)
{
	switch (o->code) {
	case OP_WRITE_FILE:
		return op_write_file(o);
	case OP_UNSHARE:
		return SYS1(NR_unshare, o->a);
	case OP_JOIN_NAMESPACES:
		return op_join_namespaces(o);
	case OP_NEW_SESSION:
		return own_session();
	case OP_PROPAGATION:
		return op_propagation(o);
	case OP_ROOT_OVERLAY:
		return op_root_overlay(o);
	case OP_ROOT_BIND:
		return op_root_bind(o);
	case OP_MAKE_DIRECTORY:
		return op_make_directory(o);
	case OP_MOUNT:
		return op_mount(o);
	case OP_BIND:
		return op_bind(o);
	case OP_SYMLINK:
		return op_symlink(o);
	case OP_DEVICE:
		return op_device(o);
	case OP_MASK:
		return op_mask(o);
	case OP_READ_ONLY:
		return op_read_only(o);
	case OP_ROOT_READ_ONLY:
		return op_root_read_only();
	case OP_PIVOT:
		return op_pivot(o);
	case OP_HOSTNAME:
		return name_host(o, NR_sethostname);
	case OP_DOMAINNAME:
		return name_host(o, NR_setdomainname);
	case OP_RESOURCE_LIMIT:
		return op_resource_limit(o);
	case OP_SYSCTL:
		return op_sysctl(o);
	case OP_UMASK:
		return ok(SYS1(NR_umask, o->a) & 0);
	case OP_WORKING_DIRECTORY:
		return op_working_directory(o, link);
	case OP_BOUNDING_SET:
		return op_bounding_set(o);
	case OP_NO_NEW_PRIVILEGES:
		return sys_prctl(38 /* PR_SET_NO_NEW_PRIVS */, 1, 0);
	case OP_SECCOMP:
		return op_seccomp(o);
	case OP_IDS:
		return op_ids(o);
	case OP_CAPABILITIES:
		return op_capabilities(o);
	case OP_SESSION_KEYRING:
		return join_keyring();
	case OP_TERMINAL:
		return op_terminal(o, link);
	case OP_USER_NAMESPACE:
		return op_user_namespace(o, link, index);
	case OP_LOOPBACK_UP:
		return op_loopback_up();
	case OP_EXECUTE:
		return op_execute(o);
	case OP_FREEZER:
		return op_freezer(o);
	case OP_MAP_IDS:
		return op_map_ids(o);
	case OP_ENTER_USER_NAMESPACE:
		return op_enter_user_namespace();
	case OP_OWN_PIPES:
		return op_own_pipes(o);
	case OP_BORN_INSIDE:
		return op_born_inside(link);
	case OP_APPARMOR:
		return op_apparmor(o);
	case OP_CALL:
		return op_call(link, index);
	case OP_AWAIT_START:
		return op_await_start(o, link, index);
	case OP_HOOK:
		return op_hook(o);
	case OP_CHANGE_MOUNT:
		return op_change_mount(o);
	case OP_PERSONALITY:
		return ok(SYS1(NR_personality, o->a));
	case OP_SCHEDULER:
		return op_scheduler(o);
	case OP_IO_PRIORITY:
		return SYS3(NR_ioprio_set, 1 /* of a process */, 0, o->a);
	case OP_PROCESSORS:
		return op_processors(o);
	case OP_BE_MAPPED:
		return op_be_mapped(o, link, index);
	case OP_FIND_PROGRAM:
		return op_find_program(o);
	case OP_GROUP:
		return op_group(o);
	case OP_INIT:
		return op_init();
	case OP_TAKE_TREE:
		return op_take_tree(o);
	case OP_KEEP_MOUNTS:
		return op_keep_mounts(link);
	case OP_OVERLAY:
		return op_overlay(o);
	case OP_ATTACH:
		return op_attach(o);
	case OP_HOLD:
		return op_hold(link);
	case OP_MEMORY_POLICY:
		return op_memory_policy(o);
	case OP_LISTENER:
		return op_listener(o, link);
	case OP_PRESERVE:
		return op_preserve(o);
	}
	return -ENOSYS;
}
