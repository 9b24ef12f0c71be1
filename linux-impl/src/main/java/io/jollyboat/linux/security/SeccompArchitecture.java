package io.jollyboat.linux.security;

/** A system call convention that a filter tells apart. */
enum SeccompArchitecture {
  X86_64(0, 0xC000003E, 0, Integer.MAX_VALUE),
  X86(1, 0x40000003, 0, Integer.MAX_VALUE),
  /** Shares its audit number with X86_64; its call numbers carry a bit. */
  X32(2, 0xC000003E, 0x40000000, 512),
  AARCH64(3, 0xC00000B7, 0, Integer.MAX_VALUE),
  ARM(4, 0x40000028, 0, 0xf0000);

  /** Of the table of numbers, from 0. */
  final int column;

  /** AUDIT_ARCH_* of linux/audit.h: what seccomp_data.arch holds. */
  final int audit;

  /** Set in every call number of this architecture. */
  final int numberBit;

  /**
   * From here on (without the bit) are calls of this architecture's own: numbers that say nothing
   * of a call's age.
   */
  final int ownNumbers;

  SeccompArchitecture(int column, int audit, int numberBit, int ownNumbers) {
    this.column = column;
    this.audit = audit;
    this.numberBit = numberBit;
    this.ownNumbers = ownNumbers;
  }

  /** As profiles name it. */
  String ociName() {
    return "SCMP_ARCH_" + name();
  }
}
