/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's calls on TCP sockets, as the relay needs them. */
#ifndef RELAY_SYS_H
#define RELAY_SYS_H

#include "sys.h"

#if defined(__x86_64__)
enum {
	NR_madvise = 28,
	NR_connect = 42,
	NR_shutdown = 48,
	NR_setsockopt = 54,
	NR_getsockopt = 55,
	NR_setresuid = 117,
	NR_setresgid = 119,
	NR_epoll_ctl = 233,
	NR_epoll_pwait = 281,
	NR_epoll_create1 = 291,
};
/* Packed here only, so that 32-bit programs could share it. */
#define EPOLL_PACKED __attribute__((packed))
#else
enum {
	NR_epoll_create1 = 20,
	NR_epoll_ctl = 21,
	NR_epoll_pwait = 22,
	NR_setresuid = 147,
	NR_setresgid = 149,
	NR_connect = 203,
	NR_setsockopt = 208,
	NR_getsockopt = 209,
	NR_shutdown = 210,
	NR_madvise = 233,
};
#define EPOLL_PACKED
#endif

enum {
	ENOMEM = 12,
	ENFILE = 23,
	EMFILE = 24,
	ENOBUFS = 105,
	EINPROGRESS = 115,
};

#define EPOLLIN 0x001u
#define EPOLLOUT 0x004u
#define EPOLLERR 0x008u
#define EPOLLHUP 0x010u
#define EPOLLRDHUP 0x2000u
#define EPOLLET 0x80000000u

#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2

#define AF_INET6 10
#define SOCK_STREAM 1
#define SOCK_NONBLOCK O_NONBLOCK
#define IPPROTO_TCP 6
#define TCP_NODELAY 1
#define SO_ERROR 4
#define SO_KEEPALIVE 9
#define SO_LINGER 13
#define SHUT_WR 1

struct EPOLL_PACKED epoll_event {
	u32 events;
	u64 key;
};

static inline long sys_epoll_add(int epoll, int fd, u32 events, u64 key)
{
	struct epoll_event event = { events, key };

	return SYS4(NR_epoll_ctl, epoll, EPOLL_CTL_ADD, fd, &event);
}

static inline long sys_set_option(int fd, int level, int name, int value)
{
	return SYS5(NR_setsockopt, fd, level, name, &value, sizeof(value));
}

/* Memory that is zero and costs nothing until it is written. */
static inline void *sys_reserve(u64 length)
{
	enum { READ_WRITE = 3, PRIVATE_ANONYMOUS_NORESERVE = 0x4022 };
	long at = SYS6(NR_mmap, 0, length, READ_WRITE,
		       PRIVATE_ANONYMOUS_NORESERVE, -1, 0);

	return at < 0 && at > -4096 ? (void *)0 : (void *)at;
}

#endif
