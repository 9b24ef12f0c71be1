package io.jollyboat.linux.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A limit of a process, setrlimit(2).
 *
 * @param resource RLIMIT_* of asm-generic/resource.h
 * @param soft what counts now, -1 for none
 * @param hard up to which the process may raise it, -1 for none
 */
public record ResourceLimit(int resource, long soft, long hard) {
  private static final int OPEN_FILES = 7;
  private static final long SOFT_OPEN_FILES = 1024;
  private static final long HARD_OPEN_FILES = 524_288;

  /**
   * Those that every container has: a thousand open files, as systemd gives its services, to be
   * raised by whoever needs more. A JVM raises its own to the maximum, and programs that close
   * "all" descriptors at start take seconds over it.
   */
  public static List<ResourceLimit> defaults() {
    try {
      return defaults(Files.readString(Path.of("/proc/self/limits")));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read the limits of this process from /proc/self/limits", e);
    }
  }

  /** A hard limit is never raised: that needs CAP_SYS_RESOURCE, which root may lack. */
  static List<ResourceLimit> defaults(String limitsOfThisProcess) {
    long hard = HARD_OPEN_FILES;
    for (String line : limitsOfThisProcess.lines().toList()) {
      if (line.startsWith("Max open files")) {
        String[] words = line.split(" +");
        hard = words[4].equals("unlimited") ? hard : Math.min(hard, Long.parseLong(words[4]));
      }
    }
    return List.of(new ResourceLimit(OPEN_FILES, Math.min(SOFT_OPEN_FILES, hard), hard));
  }
}
