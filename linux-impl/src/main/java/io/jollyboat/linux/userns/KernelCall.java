package io.jollyboat.linux.userns;

import io.jollyboat.linux.syscall.Architecture;

/** A call with its numbers on x86_64 and aarch64. */
enum KernelCall {
  OPENAT(257, 56),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  FCHOWN(93, 55),
  FCHOWNAT(260, 54),
  UNLINKAT(263, 35),
  LINKAT(265, 37),
  SYMLINKAT(266, 36),
  READLINKAT(267, 78),
  FCHMOD(91, 52),
  FCHMODAT(268, 53),
  UTIMENSAT(280, 88),
  RENAMEAT2(316, 276),
  STATX(332, 291),
  FSETXATTR(190, 7),
  LSETXATTR(189, 6),
  LGETXATTR(192, 9),
  LLISTXATTR(195, 12),
  LREMOVEXATTR(198, 15),
  DUP3(292, 24),
  PRCTL(157, 167),
  SOCKET(41, 198),
  UNSHARE(272, 97),
  SETNS(308, 268),
  FSOPEN(430, 430),
  FSCONFIG(431, 431),
  FSMOUNT(432, 432),
  OPENAT2(437, 437);

  private final int x86;
  private final int arm;

  KernelCall(int x86, int arm) {
    this.x86 = x86;
    this.arm = arm;
  }

  int number() {
    return Architecture.current() == Architecture.X86_64 ? x86 : arm;
  }
}
