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
#define MS_SLAVE 0x80000
#define MS_SHARED 0x100000

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

/* Sets attributes of a mount, and its propagation unless that is zero. */
long mount_set(int mount, u64 attributes, u64 propagation, int recursive);

/* A detached copy of what "from" has open, its ids mapped by a user namespace. */
long mount_mapped(int from, int ids);

/* As mount_setattr(2) takes it. */
struct mount_attr {
	u64 set;
	u64 clear;
	u64 propagation;
	u64 userns_fd;
};

long mount_change(int mount, struct mount_attr *attr, int recursive);

/* Changes one attached mount's attributes, as kernels before 5.12 do it. */
long mount_remount(int mount, u64 set, u64 clear);

/*
 * Sets the propagation of every mount below an attached one, or, without one,
 * the attributes of each.
 */
long submounts_set(int mount, u64 set, u64 clear, u64 propagation);

/*
 * Opens what an operation mounts on, its first string, made when it is missing
 * and the operation says so: a directory, or for a file an empty one.
 */
#define TARGET_CREATE 1
#define TARGET_NO_SYMLINKS 2
struct operation;
long directory_target(struct operation *o);
long file_target(struct operation *o);

/* Takes a mount away from where it is attached. */
long mount_detach(int mount);

/* Copies what "from" has open and attaches the copy at "at". */
long mount_copy(int from, int at, u64 attributes, int recursive);

/*
 * Layers and where changes go, by descriptor: no name is too long for
 * fsconfig(2) or for the one page of mount(2), no character needs to be escaped,
 * and /proc/mounts does not tell the container where they are.
 */
#define MOST_LOWERS 128 /* of an image 127, and what all containers have */
struct overlay {
	const char *options;
	int upper;
	int work;
	/* Where copies with mapped ids are attached, or -1. */
	int scratch;
	u64 attached;
	u64 count;
	int lower[MOST_LOWERS];
};

/*
 * "text" is options, upper, work, layers, lowers; the directories are named
 * from "layers", and without an upper one there is no place to write. With
 * "scratch", a directory of the host that is covered for it, ids are mapped.
 */
long overlay_open(struct overlay *v, const char *text, u64 count,
		  const char *scratch);
void overlay_close(struct overlay *v);

/*
 * Mounts it at what "at" has open, which one of the paths leads to; returns a
 * descriptor of its root.
 */
long overlay_attach(struct overlay *v, int at, const char *path_in_root,
		    const char *path_of_host);

/* Copies what is in "from" to "to"; both are open. */
long copy_directory(int from, int to, int depth);

/* The host's null device: opened and verified before the root is left. */
extern int null_fd;
long null_open(void);

#endif
