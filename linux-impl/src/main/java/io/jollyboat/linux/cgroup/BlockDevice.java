package io.jollyboat.linux.cgroup;

/** A block device by its numbers, {@code 8:0}, as the files of control groups name it. */
public record BlockDevice(int major, int minor) {
  public BlockDevice {
    if (major < 0 || minor < 0) {
      throw new IllegalArgumentException("no block device: " + major + ":" + minor);
    }
  }

  @Override
  public String toString() {
    return major + ":" + minor;
  }
}
