# The seccomp profile of a sandbox: what a stranger's code may ask of the kernel. The form is that of default.profile.
#
# Beside what the default profile refuses there is no looking into other processes, no file handles, no secret memory,
# no segment tables, no clock adjustment, no way around page accounting, and only sockets of four kinds. No capability
# opens anything: a sandbox has none, and what it were given would not bring a call back.

allow
  # reading and writing
  read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek _llseek sendfile sendfile64
  copy_file_range splice tee readahead fadvise64 fadvise64_64 arm_fadvise64_64 sync_file_range
  sync_file_range2 arm_sync_file_range cachestat
  # opening, closing, descriptors
  open openat openat2 creat close close_range dup dup2 dup3 pipe pipe2 fcntl fcntl64 flock memfd_create
  # files and directories
  access faccessat faccessat2 stat stat64 lstat lstat64 fstat fstat64 newfstatat fstatat64 statx statfs statfs64
  fstatfs fstatfs64 getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir link linkat symlink symlinkat readlink
  readlinkat unlink unlinkat rename renameat renameat2 mknod mknodat truncate truncate64 ftruncate ftruncate64
  fallocate umask utime utimes futimesat utimensat utimensat_time64 sync syncfs fsync fdatasync
  # modes, owners, attributes
  chmod fchmod fchmodat fchmodat2 chown chown32 fchown fchown32 fchownat lchown lchown32 getxattr lgetxattr fgetxattr
  getxattrat setxattr lsetxattr fsetxattr setxattrat listxattr llistxattr flistxattr listxattrat removexattr
  lremovexattr fremovexattr removexattrat
  # waiting for files
  select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64 epoll_create epoll_create1 epoll_ctl
  epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd signalfd4 inotify_init
  inotify_init1 inotify_add_watch inotify_rm_watch
  # asynchronous input and output; io_uring is left out: its holes have been many, and it evades this filter
  io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents io_pgetevents_time64
  # memory
  brk mmap mmap2 munmap mremap mprotect madvise mincore msync mlock mlock2 mlockall munlock munlockall mseal
  membarrier pkey_alloc pkey_free pkey_mprotect map_shadow_stack
  # processes
  fork vfork execve execveat exit exit_group wait4 waitid waitpid kill tkill tgkill pidfd_open pidfd_send_signal pause
  restart_syscall getpid gettid getppid getpgid getpgrp getsid setpgid setsid prctl arch_prctl
  set_tid_address set_thread_area get_thread_area set_robust_list get_robust_list rseq set_tls breakpoint cacheflush
  uretprobe
  # signals
  rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
  rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack sigpending sigprocmask sigreturn
  # locks between threads
  futex futex_time64 futex_wait futex_wake futex_requeue futex_waitv
  # users, groups, capabilities
  getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 getresgid getresgid32
  getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 setresuid setresuid32
  setresgid setresgid32 setgroups setgroups32 setfsuid setfsuid32 setfsgid setfsgid32 capget capset
  # restricting oneself further
  seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
  # scheduling and limits
  sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam
  sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval
  sched_rr_get_interval_time64 getpriority setpriority ioprio_get ioprio_set getcpu getrlimit ugetrlimit setrlimit
  prlimit64 getrusage times sysinfo uname getrandom
  # time
  time gettimeofday clock_gettime clock_gettime64 clock_getres clock_getres_time64 clock_nanosleep
  clock_nanosleep_time64 nanosleep alarm getitimer setitimer timer_create
  timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create
  timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64
  # sockets; socket itself is below, and socketcall is left out, whose arguments no filter can see
  accept accept4 bind connect listen shutdown socketpair getsockname getpeername getsockopt setsockopt recv
  recvfrom recvmsg recvmmsg recvmmsg_time64 send sendto sendmsg sendmmsg
  # System V and POSIX messages, semaphores, shared memory
  ipc msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget mq_open
  mq_unlink mq_notify mq_getsetattr mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64

# Input into a terminal (TIOCSTI), and its console's (TIOCLINUX), in somebody else's name. The kernel looks at the low
# half of the argument only, so does this.
errno 1 arg1 & 0xffffffff == 0x5412
  ioctl
errno 1 arg1 & 0xffffffff == 0x541c
  ioctl
allow
  ioctl

# Local, IPv4, IPv6, and netlink, by which libraries look at the addresses of the machine.
allow arg0 & 0xffffffff == 1
  socket
allow arg0 & 0xffffffff == 2
  socket
allow arg0 & 0xffffffff == 10
  socket
allow arg0 & 0xffffffff == 16
  socket
errno 97
  socket

allow arg0 == 0
  personality
allow arg0 == 0xffffffff
  personality

# Threads and processes, but no new namespaces.
allow arg0 & 0x7e020000 == 0
  clone
# A filter cannot look behind the pointer that clone3 takes: libraries fall back to clone.
errno 38
  clone3
