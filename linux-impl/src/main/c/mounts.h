/* SPDX-License-Identifier: Apache-2.0 */
/* Detached mounts: made, given attributes, then attached at a descriptor. */
#ifndef MOUNTS_H
#define MOUNTS_H

#include "sys.h"

#define MOUNT_ATTR_RDONLY 0x01
#define MOUNT_ATTR_NOSUID 0x02
#define MOUNT_ATTR_NOEXEC 0x08

#define MS_RDONLY 0x1
#define MS_NOSUID 0x2
#define MS_NODEV 0x4
#define MS_NOEXEC 0x8
#define MS_REMOUNT 0x20
#define MS_BIND 0x1000
#define MS_REC 0x4000
#define MS_PRIVATE 0x40000

/*
 * Makes a file system of "type". "options" are separated by commas and are
 * taken apart in place.
 */
long mount_new(const char *type, const char *source, char *options,
	       u64 attributes);

/* The file system context of a mount that is being described. */
long context_set(int context, const char *key, const char *value);
long context_options(int context, char *options);
long context_mount(int context, u64 attributes);

/* Sets attributes of a mount, and makes it private when asked. */
long mount_set(int mount, u64 attributes, u64 propagation, int recursive);

/* A detached copy of what "from" has open, its ids mapped by a user namespace. */
long mount_mapped(int from, int ids);

/* Copies what "from" has open and attaches the copy at "at". */
long mount_copy(int from, int at, u64 attributes, int recursive);

/* The host's null device: opened and verified before the root is left. */
extern int null_fd;
long null_open(void);

#endif
