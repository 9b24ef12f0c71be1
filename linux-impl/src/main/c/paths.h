/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside the container's root. The image is hostile: every path is
 * resolved by the kernel as if the root were the process's, links included,
 * and what is found is used through a descriptor, never by its path again.
 */
#ifndef PATHS_H
#define PATHS_H

#include "sys.h"

#define PATH_SIZE 4096

/* The container's root while it is being made; -1 before and after. */
extern int root_fd;

/* Opens a path below "dir" with the RESOLVE_ flags. */
long open_resolved(int dir, const char *path, u64 flags, u64 resolve);

/* Opens a path in the root; "resolve" adds to what always holds. */
long open_in_root(const char *path, u64 flags, u64 resolve);

/* Makes a directory and its parents; opens it. One that is there stays. */
long make_directories(const char *path, u32 mode, u64 resolve);

/* Opens the directory that "path" is in, made if missing; "last" is its name. */
long open_parent(const char *path, u64 resolve, const char **last);

int is_directory(int fd);
int is_null_device(int fd);

/* The path by which a descriptor's file can be named; "to" holds 32 bytes. */
const char *fd_path(char *to, int fd);

#endif
