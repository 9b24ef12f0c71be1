package io.jollyboat.linux.security;

import java.util.List;

/**
 * A device of a container.
 *
 * @param path absolute, in the container
 * @param host its path on this machine, bound where nodes cannot be made
 * @param type {@code c} or {@code b}
 * @param mode permissions
 * @param uid owner
 * @param gid owning group
 */
public record DeviceNode(
    String path, String host, char type, int major, int minor, int mode, int uid, int gid) {
  /** Every container has these; anyone may read and write them. */
  public static final List<DeviceNode> DEFAULT =
      List.of(
          ordinary("/dev/null", 1, 3),
          ordinary("/dev/zero", 1, 5),
          ordinary("/dev/full", 1, 7),
          ordinary("/dev/random", 1, 8),
          ordinary("/dev/urandom", 1, 9),
          ordinary("/dev/tty", 5, 0));

  private static DeviceNode ordinary(String path, int major, int minor) {
    return new DeviceNode(path, path, 'c', major, minor, 0666, 0, 0);
  }
}
