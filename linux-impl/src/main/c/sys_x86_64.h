/* SPDX-License-Identifier: Apache-2.0 */
/* How x86_64 enters the kernel, and what it numbers in its own way. */
#ifndef SYS_X86_64_H
#define SYS_X86_64_H

static inline long sys(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* The kernel enters with the argument count at the stack pointer. */
#define ENTRY                                                                  \
	__asm__(".globl _start\n"                                              \
		"_start:\n"                                                    \
		"	xor %ebp, %ebp\n"                                      \
		"	mov %rsp, %rdi\n"                                      \
		"	and $-16, %rsp\n"                                      \
		"	call start\n"                                          \
		"	hlt\n")

enum {
	NR_read = 0,
	NR_write = 1,
	NR_close = 3,
	NR_lseek = 8,
	NR_mmap = 9,
	NR_rt_sigaction = 13,
	NR_rt_sigprocmask = 14,
	NR_ioctl = 16,
	NR_pwrite64 = 18,
	NR_getpid = 39,
	NR_socket = 41,
	NR_sendto = 44,
	NR_recvfrom = 45,
	NR_sendmsg = 46,
	NR_recvmsg = 47,
	NR_socketpair = 53,
	NR_clone = 56,
	NR_execve = 59,
	NR_wait4 = 61,
	NR_kill = 62,
	NR_fcntl = 72,
	NR_ftruncate = 77,
	NR_getcwd = 79,
	NR_chdir = 80,
	NR_fchdir = 81,
	NR_fchown = 93,
	NR_umask = 95,
	NR_setuid = 105,
	NR_setgid = 106,
	NR_setpgid = 109,
	NR_setsid = 112,
	NR_setgroups = 116,
	NR_setfsuid = 122,
	NR_setfsgid = 123,
	NR_capget = 125,
	NR_capset = 126,
	NR_rt_sigtimedwait = 128,
	NR_personality = 135,
	NR_fstatfs = 138,
	NR_pivot_root = 155,
	NR_prctl = 157,
	NR_chroot = 161,
	NR_mount = 165,
	NR_umount2 = 166,
	NR_sethostname = 170,
	NR_setdomainname = 171,
	NR_sched_setaffinity = 203,
	NR_getdents64 = 217,
	NR_clock_gettime = 228,
	NR_exit_group = 231,
	NR_set_mempolicy = 238,
	NR_waitid = 247,
	NR_keyctl = 250,
	NR_ioprio_set = 251,
	NR_openat = 257,
	NR_mkdirat = 258,
	NR_mknodat = 259,
	NR_fchownat = 260,
	NR_unlinkat = 263,
	NR_renameat = 264,
	NR_symlinkat = 266,
	NR_readlinkat = 267,
	NR_fchmodat = 268,
	NR_ppoll = 271,
	NR_unshare = 272,
	NR_splice = 275,
	NR_accept4 = 288,
	NR_signalfd4 = 289,
	NR_dup3 = 292,
	NR_pipe2 = 293,
	NR_prlimit64 = 302,
	NR_setns = 308,
	NR_sched_setattr = 314,
	NR_seccomp = 317,
	NR_statx = 332,
};

#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000

#endif
