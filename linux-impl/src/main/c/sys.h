/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel as this program sees it: types, flags and calls, without a C
 * library or anybody's headers. A call returns what the kernel returns: a
 * negative number is an error number.
 */
#ifndef SYS_H
#define SYS_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;

#if defined(__x86_64__)
#include "sys_x86_64.h"
#elif defined(__aarch64__)
#include "sys_aarch64.h"
#else
#error "the launcher is written for x86_64 and aarch64"
#endif

/* From 424 on every architecture has the same numbers. */
enum {
	NR_pidfd_send_signal = 424,
	NR_open_tree = 428,
	NR_move_mount = 429,
	NR_fsopen = 430,
	NR_fsconfig = 431,
	NR_fsmount = 432,
	NR_clone3 = 435,
	NR_close_range = 436,
	NR_openat2 = 437,
	NR_mount_setattr = 442,
};

enum {
	EPERM = 1,
	ENOENT = 2,
	EINTR = 4,
	EIO = 5,
	E2BIG = 7,
	EAGAIN = 11,
	EACCES = 13,
	EEXIST = 17,
	ENOTDIR = 20,
	EINVAL = 22,
	ENAMETOOLONG = 36,
	ENOSYS = 38,
	EPROTO = 71,
	ETIMEDOUT = 110,
};

#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_EMPTY_PATH 0x1000
#define AT_RECURSIVE 0x8000

#define O_WRONLY 01
#define O_RDWR 02
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_TRUNC 01000
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000
#define O_PATH 010000000

#define RESOLVE_NO_XDEV 0x01
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_NO_SYMLINKS 0x04
#define RESOLVE_BENEATH 0x08
#define RESOLVE_IN_ROOT 0x10

#define F_SETFD 2
#define F_SETFL 4
#define FD_CLOEXEC 1
#define CLOSE_RANGE_CLOEXEC 4

#define S_IFMT 0170000
#define S_IFIFO 0010000
#define S_IFCHR 0020000
#define S_IFDIR 0040000
#define S_IFLNK 0120000
#define S_IFREG 0100000

#define CLONE_PIDFD 0x1000ULL
#define CLONE_NEWNS 0x20000ULL
#define CLONE_NEWUSER 0x10000000ULL
#define CLONE_NEWPID 0x20000000ULL
#define CLONE_INTO_CGROUP 0x200000000ULL

#define SIGKILL 9
#define SIG_BLOCK 0
#define SIG_SETMASK 2
#define SIGNAL_SET 8
#define WNOHANG 1
#define SIGCHLD 17

#define AF_UNIX 1
#define AF_INET 2
#define SOCK_DGRAM 2
#define SOCK_SEQPACKET 5
#define SOCK_CLOEXEC O_CLOEXEC
#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define MSG_PEEK 0x02
#define MSG_DONTWAIT 0x40
#define MSG_NOSIGNAL 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000

#define POLLIN 0x01
#define POLLERR 0x08
#define POLLHUP 0x10

struct pollfd {
	s32 fd;
	u16 events;
	u16 revents;
};

struct timespec {
	s64 sec;
	s64 nsec;
};

struct open_how {
	u64 flags;
	u64 mode;
	u64 resolve;
};

/* struct statx: the same on every architecture, unlike struct stat. */
struct stat {
	u32 mask;
	u32 blksize;
	u64 attributes;
	u32 nlink;
	u32 uid;
	u32 gid;
	u16 mode;
	u16 pad0;
	u64 ino;
	u64 size;
	u64 blocks;
	u64 attributes_mask;
	u64 times[8];
	u32 rdev_major;
	u32 rdev_minor;
	u32 dev_major;
	u32 dev_minor;
	u64 spare[14];
};

struct clone_args {
	u64 flags;
	u64 pidfd;
	u64 child_tid;
	u64 parent_tid;
	u64 exit_signal;
	u64 stack;
	u64 stack_size;
	u64 tls;
	u64 set_tid;
	u64 set_tid_size;
	u64 cgroup;
};

#define SYS0(nr) sys(nr, 0, 0, 0, 0, 0, 0)
#define SYS1(nr, a) sys(nr, (long)(a), 0, 0, 0, 0, 0)
#define SYS2(nr, a, b) sys(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define SYS3(nr, a, b, c) sys(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYS4(nr, a, b, c, d) \
	sys(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS5(nr, a, b, c, d, e) \
	sys(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS6(nr, a, b, c, d, e, f)                                         \
	sys(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
	    (long)(f))

static inline long sys_read(int fd, void *to, unsigned long length)
{
	return SYS3(NR_read, fd, to, length);
}

static inline long sys_write(int fd, const void *from, unsigned long length)
{
	return SYS3(NR_write, fd, from, length);
}

static inline void sys_close(int fd)
{
	SYS1(NR_close, fd);
}

static inline long sys_openat(int dir, const char *path, int flags, u32 mode)
{
	return SYS4(NR_openat, dir, path, flags | O_CLOEXEC, mode);
}

static inline long sys_dup3(int from, int to, int flags)
{
	return SYS3(NR_dup3, from, to, flags);
}

static inline long sys_prctl(int option, u64 a, u64 b)
{
	return SYS5(NR_prctl, option, a, b, 0, 0);
}

static inline long sys_statx(int dir, const char *path, int flags,
			     struct stat *st)
{
	return SYS5(NR_statx, dir, path, flags, 0x7ff, st);
}

static inline long sys_mount(const char *source, const char *target,
			     const char *type, u64 flags, const char *data)
{
	return SYS5(NR_mount, source, target, type, flags, data);
}

/* Attaches the detached mount "tree" at the place that "at" has open. */
static inline long sys_move_mount(int tree, int at)
{
	enum { FROM_EMPTY_PATH = 0x04, TO_EMPTY_PATH = 0x40 };

	return SYS5(NR_move_mount, tree, "", at, "",
		    FROM_EMPTY_PATH | TO_EMPTY_PATH);
}

static inline long sys_open_tree(int dir, const char *path, int flags)
{
	enum { CLONE = 1 };

	return SYS3(NR_open_tree, dir, path, CLONE | O_CLOEXEC | flags);
}

static inline void __attribute__((noreturn)) sys_exit(int status)
{
	for (;;)
		SYS1(NR_exit_group, status);
}

#endif
