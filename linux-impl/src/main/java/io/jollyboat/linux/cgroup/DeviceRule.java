package io.jollyboat.linux.cgroup;

import java.util.List;

/**
 * Allows access to devices.
 *
 * @param type {@code c} or {@code b}
 * @param major -1 for all
 * @param minor -1 for all
 * @param access of {@code r}, {@code w} and {@code m} (make the node)
 */
public record DeviceRule(char type, int major, int minor, String access) {
  /**
   * Docker's: nodes of any device may be made (and not opened), the harmless ones and terminals may
   * be used.
   */
  public static final List<DeviceRule> DEFAULT =
      List.of(
          new DeviceRule('c', -1, -1, "m"),
          new DeviceRule('b', -1, -1, "m"),
          new DeviceRule('c', 1, 3, "rwm"),
          new DeviceRule('c', 1, 5, "rwm"),
          new DeviceRule('c', 1, 7, "rwm"),
          new DeviceRule('c', 1, 8, "rwm"),
          new DeviceRule('c', 1, 9, "rwm"),
          new DeviceRule('c', 5, 0, "rwm"),
          new DeviceRule('c', 5, 1, "rwm"),
          new DeviceRule('c', 5, 2, "rwm"),
          new DeviceRule('c', 136, -1, "rwm"));

  public DeviceRule {
    if (type != 'c' && type != 'b') {
      throw new IllegalArgumentException("device type '" + type + "' is neither c nor b");
    }
    if (!access.matches("[rwm]{1,3}")) {
      throw new IllegalArgumentException("device access \"" + access + "\" is not of r, w and m");
    }
  }

  /** As devices.allow of v1 takes it: {@code c 136:* rwm}. */
  @Override
  public String toString() {
    return type + " " + number(major) + ":" + number(minor) + " " + access;
  }

  private static String number(int number) {
    return number < 0 ? "*" : Integer.toString(number);
  }
}
