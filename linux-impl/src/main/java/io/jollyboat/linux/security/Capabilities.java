package io.jollyboat.linux.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** Read once: this process never changes its own. */
  private static final class Held {
    static final Capabilities HELD = read();

    private static Capabilities read() {
      try {
        return ofStatus(Files.readString(Path.of("/proc/self/status")));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the capabilities of this process", e);
      }
    }
  }

  /** Those that this process may hand on. */
  public static Capabilities ofThisProcess() {
    return Held.HELD;
  }

  static Capabilities ofStatus(String status) {
    long bits = -1;
    for (String line : status.lines().toList()) {
      if (line.startsWith("CapPrm:") || line.startsWith("CapBnd:")) {
        bits &= Long.parseUnsignedLong(line.substring("CapPrm:".length()).strip(), 16);
      }
    }
    return new Capabilities(bits & ALL.bits);
  }

  /**
   * As Docker reads a choice: with {@code ALL} added all but those dropped, with {@code ALL}
   * dropped only those added, else these without those dropped and with those added.
   *
   * @throws IllegalArgumentException for a name that is none
   */
  public Capabilities changed(List<String> added, List<String> dropped) {
    Capabilities more = named(added);
    Capabilities less = named(dropped);
    if (more.equals(ALL)) {
      return ALL.without(less);
    }
    return without(less).with(more);
  }

  private static Capabilities named(List<String> names) {
    return names.stream().anyMatch("ALL"::equalsIgnoreCase)
        ? ALL
        : of(names.toArray(String[]::new));
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

  public Capabilities and(Capabilities other) {
    return new Capabilities(bits & other.bits);
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
