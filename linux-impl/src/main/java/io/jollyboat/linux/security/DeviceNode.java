package io.jollyboat.linux.security;

import java.util.List;

/**
 * A character device of a container's /dev.
 *
 * @param path absolute, in the container
 */
public record DeviceNode(String path, int major, int minor) {
  /** Every container has these; anyone may read and write them. */
  public static final List<DeviceNode> DEFAULT =
      List.of(
          new DeviceNode("/dev/null", 1, 3),
          new DeviceNode("/dev/zero", 1, 5),
          new DeviceNode("/dev/full", 1, 7),
          new DeviceNode("/dev/random", 1, 8),
          new DeviceNode("/dev/urandom", 1, 9),
          new DeviceNode("/dev/tty", 5, 0));
}
