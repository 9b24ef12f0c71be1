package io.jollyboat.linux.syscall;

import com.sun.jna.Memory;

/** bpf(2), for device rules of cgroup v2. Safe for use by several threads. */
public final class BpfCalls {
  private static final int PROG_LOAD = 5;
  private static final int PROG_ATTACH = 8;
  private static final int PROG_TYPE_CGROUP_DEVICE = 15;
  private static final int ATTACH_TYPE_CGROUP_DEVICE = 6;
  private static final int ALLOW_MULTI = 2;

  private static final int INSTRUCTION_BYTES = 8;

  /** Longer than what we set of union bpf_attr; the kernel wants the rest zero. */
  private static final int ATTRIBUTE_BYTES = 128;

  static {
    NativeAccess.register(BpfCalls.class);
  }

  private BpfCalls() {}

  /**
   * Loads a program that decides about devices.
   *
   * @param instructions struct bpf_insn, one after the other
   */
  public static Fd loadDeviceProgram(byte[] instructions) {
    String license = "Apache-2.0";
    try (Memory program = new Memory(instructions.length);
        Memory name = new Memory(license.length() + 1);
        Memory attribute = new Memory(ATTRIBUTE_BYTES)) {
      program.write(0, instructions, 0, instructions.length);
      name.setString(0, license, "US-ASCII");
      attribute.clear();
      attribute.setInt(0, PROG_TYPE_CGROUP_DEVICE);
      attribute.setInt(4, instructions.length / INSTRUCTION_BYTES);
      attribute.setPointer(8, program);
      attribute.setPointer(16, name);
      return new Fd((int) call(PROG_LOAD, attribute, "load device program"));
    }
  }

  /** The program then decides for all processes of the group and those below. */
  public static void attachDeviceProgram(Fd group, Fd program) {
    try (Memory attribute = new Memory(ATTRIBUTE_BYTES)) {
      attribute.clear();
      attribute.setInt(0, group.number());
      attribute.setInt(4, program.number());
      attribute.setInt(8, ATTACH_TYPE_CGROUP_DEVICE);
      attribute.setInt(12, ALLOW_MULTI);
      call(PROG_ATTACH, attribute, "attach device program");
    }
  }

  private static long call(long command, Memory attribute, String what) {
    long result = syscall(number(), command, attribute, ATTRIBUTE_BYTES);
    return Errno.check(result, "bpf", what);
  }

  /** Older than the numbers that all machines share. */
  private static long number() {
    return Architecture.current() == Architecture.AARCH64 ? 280 : 321;
  }

  private static native long syscall(long number, long command, Memory attribute, long size);
}
