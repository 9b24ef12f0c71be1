package io.jollyboat.linux.launcher;

/** What a bind sees of mounts that come later, as mount(2) has it; the R is for recursive. */
public enum MountPropagation {
  /** Nothing, at any depth. */
  PRIVATE(0),
  /** At the top what the host mounts, below nothing. */
  SLAVE(MountPropagation.MS_SLAVE),
  RSLAVE(MountPropagation.MS_SLAVE | MountPropagation.MS_REC),
  /** At the top what the other side mounts, below nothing. */
  SHARED(MountPropagation.MS_SHARED),
  RSHARED(MountPropagation.MS_SHARED | MountPropagation.MS_REC);

  private static final long MS_REC = 0x4000;
  private static final long MS_SLAVE = 0x8_0000;
  private static final long MS_SHARED = 0x10_0000;

  private final long flags;

  MountPropagation(long flags) {
    this.flags = flags;
  }

  long flags() {
    return flags;
  }
}
