/* SPDX-License-Identifier: Apache-2.0 */
/* How aarch64 enters the kernel, and what it numbers in its own way. */
#ifndef SYS_AARCH64_H
#define SYS_AARCH64_H

static inline long sys(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory", "cc");
	return x0;
}

/* The kernel enters with the argument count at the stack pointer. */
#define ENTRY                                                                  \
	__asm__(".globl _start\n"                                              \
		"_start:\n"                                                    \
		"	mov x29, #0\n"                                         \
		"	mov x30, #0\n"                                         \
		"	mov x0, sp\n"                                          \
		"	and x1, x0, #-16\n"                                    \
		"	mov sp, x1\n"                                          \
		"	bl start\n"                                            \
		"	brk #0\n")

enum {
	NR_getcwd = 17,
	NR_dup3 = 24,
	NR_fcntl = 25,
	NR_ioctl = 29,
	NR_ioprio_set = 30,
	NR_mknodat = 33,
	NR_mkdirat = 34,
	NR_unlinkat = 35,
	NR_symlinkat = 36,
	NR_renameat = 38,
	NR_umount2 = 39,
	NR_mount = 40,
	NR_pivot_root = 41,
	NR_fstatfs = 44,
	NR_ftruncate = 46,
	NR_chdir = 49,
	NR_fchdir = 50,
	NR_chroot = 51,
	NR_fchmodat = 53,
	NR_fchownat = 54,
	NR_fchown = 55,
	NR_openat = 56,
	NR_close = 57,
	NR_pipe2 = 59,
	NR_getdents64 = 61,
	NR_lseek = 62,
	NR_read = 63,
	NR_write = 64,
	NR_pwrite64 = 68,
	NR_ppoll = 73,
	NR_signalfd4 = 74,
	NR_splice = 76,
	NR_readlinkat = 78,
	NR_capget = 90,
	NR_capset = 91,
	NR_personality = 92,
	NR_exit_group = 94,
	NR_waitid = 95,
	NR_unshare = 97,
	NR_clock_gettime = 113,
	NR_sched_setaffinity = 122,
	NR_kill = 129,
	NR_rt_sigaction = 134,
	NR_rt_sigprocmask = 135,
	NR_rt_sigtimedwait = 137,
	NR_setgid = 144,
	NR_setuid = 146,
	NR_setfsuid = 151,
	NR_setfsgid = 152,
	NR_setpgid = 154,
	NR_setsid = 157,
	NR_setgroups = 159,
	NR_sethostname = 161,
	NR_setdomainname = 162,
	NR_umask = 166,
	NR_prctl = 167,
	NR_getpid = 172,
	NR_socket = 198,
	NR_socketpair = 199,
	NR_sendto = 206,
	NR_recvfrom = 207,
	NR_sendmsg = 211,
	NR_recvmsg = 212,
	NR_keyctl = 219,
	NR_clone = 220,
	NR_execve = 221,
	NR_mmap = 222,
	NR_set_mempolicy = 237,
	NR_accept4 = 242,
	NR_wait4 = 260,
	NR_prlimit64 = 261,
	NR_setns = 268,
	NR_sched_setattr = 274,
	NR_seccomp = 277,
	NR_statx = 291,
};

#define O_DIRECTORY 040000
#define O_NOFOLLOW 0100000

#endif
