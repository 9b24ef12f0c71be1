package io.jollyboat.linux.launcher;

/** Whether mounts made at one place are seen at another (mount_namespaces(7)). */
public enum Propagation {
  UNBINDABLE(1 << 17),
  PRIVATE(1 << 18),
  SLAVE(1 << 19),
  SHARED(1 << 20);

  static final int RECURSIVE = 0x4000;

  private final int flag;

  Propagation(int flag) {
    this.flag = flag;
  }

  /** The {@code MS_...} flag of mount(2), which mount_setattr(2) takes too. */
  int flag() {
    return flag;
  }
}
