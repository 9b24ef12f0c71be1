package io.jollyboat.linux.security;

import java.util.Arrays;

/** A system call filter that the kernel takes: classic BPF, struct sock_filter. Immutable. */
public final class SeccompProgram {
  private static final int INSTRUCTION_BYTES = 8;
  private final byte[] bytes;
  private final long flags;

  SeccompProgram(byte[] bytes, long flags) {
    this.bytes = bytes;
    this.flags = flags;
  }

  /** With which it is loaded: those of seccomp(2). */
  public long flags() {
    return flags;
  }

  /** In the machine's byte order; a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public int instructions() {
    return bytes.length / INSTRUCTION_BYTES;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SeccompProgram program
        && flags == program.flags
        && Arrays.equals(bytes, program.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "SeccompProgram[" + instructions() + " instructions]";
  }
}
