package io.jollyboat.linux.syscall;

/** Numbers for syscall(2) of calls that old C libraries lack; from 424 on all machines agree. */
final class SyscallNumber {

  static final long PIDFD_SEND_SIGNAL = 424;
  static final long OPEN_TREE = 428;
  static final long FSOPEN = 430;
  static final long FSCONFIG = 431;
  static final long FSMOUNT = 432;
  static final long PIDFD_OPEN = 434;
  static final long OPENAT2 = 437;
  static final long MOUNT_SETATTR = 442;

  private SyscallNumber() {}
}
