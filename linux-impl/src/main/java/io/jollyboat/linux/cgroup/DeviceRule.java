package io.jollyboat.linux.cgroup;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Allows or refuses access to devices; of several the last that fits decides, and without any
 * everything is refused.
 *
 * @param allow whether it allows
 * @param type {@code c}, {@code b} or {@code a} for both
 * @param major -1 for all
 * @param minor -1 for all
 * @param access of {@code r}, {@code w} and {@code m} (make the node)
 */
public record DeviceRule(boolean allow, char type, int major, int minor, String access) {
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

  private static final Pattern FORM =
      Pattern.compile("([abc]) (\\d{1,10}|\\*):(\\d{1,10}|\\*) ([rwm]{1,3})");

  public DeviceRule {
    if (type != 'c' && type != 'b' && type != 'a') {
      throw new IllegalArgumentException("device type '" + type + "' is none of c, b and a");
    }
    if (!access.matches("[rwm]{1,3}")) {
      throw new IllegalArgumentException("device access \"" + access + "\" is not of r, w and m");
    }
  }

  /** Allows everything. */
  public static final DeviceRule ALL = new DeviceRule('a', -1, -1, "rwm");

  /** One that allows. */
  public DeviceRule(char type, int major, int minor, String access) {
    this(true, type, major, minor, access);
  }

  boolean fitsAll() {
    return type == 'a' && major < 0 && minor < 0 && access.length() == ALL.access.length();
  }

  /**
   * Reads {@code c 10:200 rwm}, with {@code *} for all numbers.
   *
   * @throws IllegalArgumentException for any other form
   */
  public static DeviceRule parse(String text) {
    Matcher words = FORM.matcher(text);
    if (!words.matches()) {
      throw new IllegalArgumentException(
          "a device rule is like \"c 10:200 rwm\", not \"" + text + "\"");
    }
    return new DeviceRule(
        words.group(1).charAt(0),
        number(text, words.group(2)),
        number(text, words.group(3)),
        words.group(4));
  }

  private static int number(String text, String number) {
    try {
      return number.equals("*") ? -1 : Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no device has the number of \"" + text + "\"", e);
    }
  }

  /** As devices.allow and devices.deny of v1 takes it: {@code c 136:* rwm}. */
  @Override
  public String toString() {
    return type + " " + number(major) + ":" + number(minor) + " " + access;
  }

  private static String number(int number) {
    return number < 0 ? "*" : Integer.toString(number);
  }
}
