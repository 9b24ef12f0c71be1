/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes over the control socket; docs/launcher-protocol.md explains it.
 * All numbers are little-endian, which both architectures are.
 */
#ifndef WIRE_H
#define WIRE_H

#include "sys.h"

#define CONTROL_FD 3
#define FIRST_PASSED_FD 4

#define FRAME_MAGIC 0x4c42424aU /* "JBBL" */
#define FRAME_VERSION 2

#define FRAME_WAIT_FOR_GO 0x1
#define FRAME_DETACHED 0x2
#define FRAME_LEAVE 0x4
#define FRAME_QUIET 0x8
/* The waiting child's files below /proc are Java's own user's. */
#define FRAME_VISIBLE 0x10

/* From Java, once: this header, then "length" bytes of operations. */
struct frame {
	u32 magic;
	u16 version;
	u16 size;
	u32 length;
	u32 flags;
	u32 monitor_operations;
	u32 child_operations;
	u64 clone_flags;
	u32 passed;
	s32 cgroup;
	s32 log;
	s32 state;
	/*
	 * How much of the log came before the file; the most that a file holds,
	 * if that is not 0, and how many files are kept.
	 */
	u64 log_start;
	u64 log_limit;
	u32 log_files;
	/* A socket that listens for those who take over a detached process. */
	s32 listener;
	u64 reserved[3];
};

struct operation {
	u32 code;
	u32 length;
	u64 a;
	u64 b;
	u64 c;
	char text[];
};

enum operation_code {
	OP_WRITE_FILE = 1,
	OP_UNSHARE,
	OP_JOIN_NAMESPACES,
	OP_NEW_SESSION,
	OP_PROPAGATION,
	OP_ROOT_OVERLAY,
	OP_ROOT_BIND,
	OP_MAKE_DIRECTORY,
	OP_MOUNT,
	OP_BIND,
	OP_SYMLINK,
	OP_DEVICE,
	OP_MASK,
	OP_READ_ONLY,
	OP_ROOT_READ_ONLY,
	OP_PIVOT,
	OP_HOSTNAME,
	OP_DOMAINNAME,
	OP_RESOURCE_LIMIT,
	OP_SYSCTL,
	OP_UMASK,
	OP_WORKING_DIRECTORY,
	OP_BOUNDING_SET,
	OP_NO_NEW_PRIVILEGES,
	OP_SECCOMP,
	OP_IDS,
	OP_CAPABILITIES,
	OP_SESSION_KEYRING,
	OP_TERMINAL,
	OP_USER_NAMESPACE,
	OP_LOOPBACK_UP,
	OP_EXECUTE,
	OP_FREEZER,
	OP_GROUP,
	OP_INIT,
	OP_TAKE_TREE,
	OP_KEEP_MOUNTS,
	OP_MAP_IDS = 50,
	OP_ENTER_USER_NAMESPACE,
	OP_OWN_PIPES,
	OP_APPARMOR,
	OP_BORN_INSIDE,
	OP_CALL = 60,
	OP_AWAIT_START,
	OP_HOOK,
	OP_CHANGE_MOUNT,
	OP_PERSONALITY,
	OP_SCHEDULER,
	OP_IO_PRIORITY,
	OP_PROCESSORS,
	OP_FIND_PROGRAM,
	OP_BE_MAPPED,
	OP_OVERLAY = 70,
	OP_ATTACH,
	OP_HOLD,
	OP_PRESERVE,
	OP_LISTENER,
	OP_MEMORY_POLICY,
};

/*
 * From Java, any time after the frame. "argument" is a signal's number;
 * "position" how much of the log file Java has seen when it asks to be told.
 */
#define COMMAND_GO 'G'
#define COMMAND_KILL 'K'
#define COMMAND_DETACH 'D'
#define COMMAND_ARM 'A'
#define COMMAND_TERMINAL 'T'

struct command {
	u8 letter;
	u8 argument;
	u8 zero[6];
	u64 position;
};

/*
 * To Java. With REPORT_PID comes a descriptor of the process, with
 * REPORT_TERMINAL one of the terminal's other side.
 */
enum report_type {
	REPORT_PID = 1,
	REPORT_ERROR,
	REPORT_RUNNING,
	REPORT_EXIT,
	REPORT_TERMINAL,
	REPORT_LOG,
	REPORT_CALL,
	REPORT_READY,
};

struct report {
	u32 type;
	u32 index;
	s64 value;
};

/* Sends a report to Java, with a descriptor unless "fd" is negative. */
long report_send(int control, const struct report *r, int fd, int flags);

/* In place of an operation's index: what the launcher does on its own. */
enum own_step {
	STEP_FRAME = 0x10000,
	STEP_PIPES,
	STEP_CLONE,
};

/* One piece of the container's output in the log file, before its bytes. */
struct log_record {
	u32 length;
	u8 stream;
	u8 zero[3];
	u64 time;
};

#endif
