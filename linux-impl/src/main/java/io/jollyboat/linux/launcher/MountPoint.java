package io.jollyboat.linux.launcher;

/**
 * How the launcher finds the place in the container's root where it mounts. Links are always
 * resolved inside that root and the kernel's magic links are always refused.
 */
public enum MountPoint {
  /** Must be there. */
  EXISTING(0),
  /** A directory, or an empty file for a file, is made when it is missing, with its parents. */
  CREATED(1),
  /** As {@link #CREATED}, but no part of the path may be a link: for /proc, /sys and /dev. */
  GUARDED(3);

  private final int flags;

  MountPoint(int flags) {
    this.flags = flags;
  }

  int flags() {
    return flags;
  }
}
