package io.jollyboat.linux.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A set of Linux capabilities, as the bit mask of capabilities(7): bit n is capability number n.
 * Immutable.
 *
 * @param bits one bit per capability
 */
public record Capabilities(long bits) {
  /** Names in the order of their numbers, from linux/capability.h. */
  private static final List<String> NAMES =
      List.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "DAC_READ_SEARCH",
          "FOWNER",
          "FSETID",
          "KILL",
          "SETGID",
          "SETUID",
          "SETPCAP",
          "LINUX_IMMUTABLE",
          "NET_BIND_SERVICE",
          "NET_BROADCAST",
          "NET_ADMIN",
          "NET_RAW",
          "IPC_LOCK",
          "IPC_OWNER",
          "SYS_MODULE",
          "SYS_RAWIO",
          "SYS_CHROOT",
          "SYS_PTRACE",
          "SYS_PACCT",
          "SYS_ADMIN",
          "SYS_BOOT",
          "SYS_NICE",
          "SYS_RESOURCE",
          "SYS_TIME",
          "SYS_TTY_CONFIG",
          "MKNOD",
          "LEASE",
          "AUDIT_WRITE",
          "AUDIT_CONTROL",
          "SETFCAP",
          "MAC_OVERRIDE",
          "MAC_ADMIN",
          "SYSLOG",
          "WAKE_ALARM",
          "BLOCK_SUSPEND",
          "AUDIT_READ",
          "PERFMON",
          "BPF",
          "CHECKPOINT_RESTORE");

  public static final Capabilities NONE = new Capabilities(0);

  /** All that this version knows. */
  public static final Capabilities ALL = new Capabilities((1L << NAMES.size()) - 1);

  /** Docker's fourteen. */
  public static final Capabilities DEFAULT =
      of(
          "CHOWN",
          "DAC_OVERRIDE",
          "FSETID",
          "FOWNER",
          "MKNOD",
          "NET_RAW",
          "SETGID",
          "SETUID",
          "SETFCAP",
          "SETPCAP",
          "NET_BIND_SERVICE",
          "SYS_CHROOT",
          "KILL",
          "AUDIT_WRITE");

  /**
   * Names with or without {@code CAP_}, in any case.
   *
   * @throws IllegalArgumentException for a name that is none
   */
  public static Capabilities of(String... names) {
    long bits = 0;
    for (String name : names) {
      bits |= bit(name);
    }
    return new Capabilities(bits);
  }

  /** Whether this version knows a capability of that name. */
  static boolean isKnown(String name) {
    return number(name) >= 0;
  }

  public boolean contains(String name) {
    return (bits & bit(name)) != 0;
  }

  public Capabilities with(Capabilities more) {
    return new Capabilities(bits | more.bits);
  }

  public Capabilities without(Capabilities less) {
    return new Capabilities(bits & ~less.bits);
  }

  /** With {@code CAP_}, by number; a bit without a name is left out. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (int number = 0; number < NAMES.size(); number++) {
      if ((bits >>> number & 1) != 0) {
        names.add("CAP_" + NAMES.get(number));
      }
    }
    return List.copyOf(names);
  }

  /** As /proc/PID/status prints it: sixteen hexadecimal digits. */
  @Override
  public String toString() {
    String digits = Long.toHexString(bits);
    return "0".repeat(16 - digits.length()) + digits;
  }

  private static long bit(String name) {
    int number = number(name);
    if (number < 0) {
      throw new IllegalArgumentException(
          "unknown capability \""
              + name
              + "\": names are those of capabilities(7), as CAP_NET_RAW or NET_RAW");
    }
    return 1L << number;
  }

  private static int number(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return NAMES.indexOf(upper.startsWith("CAP_") ? upper.substring(4) : upper);
  }
}
