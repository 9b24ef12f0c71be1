package io.jollyboat.linux.launcher;

import java.util.Collection;

/** A kind of kernel namespace, as namespaces(7) lists them. */
public enum Namespace {
  TIME(0x0000_0080),
  MOUNT(0x0002_0000),
  CGROUP(0x0200_0000),
  UTS(0x0400_0000),
  IPC(0x0800_0000),
  USER(0x1000_0000),
  PID(0x2000_0000),
  NETWORK(0x4000_0000);

  private final long flag;

  Namespace(long flag) {
    this.flag = flag;
  }

  /** The {@code CLONE_NEW...} flag. */
  public long flag() {
    return flag;
  }

  /** The flags of all of {@code namespaces}. */
  static long flags(Collection<Namespace> namespaces) {
    return namespaces.stream().mapToLong(Namespace::flag).reduce(0, (a, b) -> a | b);
  }
}
