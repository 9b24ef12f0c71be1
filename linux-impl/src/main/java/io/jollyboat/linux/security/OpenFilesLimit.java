package io.jollyboat.linux.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many files a process may have open, RLIMIT_NOFILE of setrlimit(2).
 *
 * @param soft what counts now
 * @param hard up to which the process may raise it
 */
public record OpenFilesLimit(long soft, long hard) {
  private static final long SOFT = 1024;
  private static final long HARD = 524_288;

  /**
   * That of every container: a thousand, as systemd gives its services, to be raised by whoever
   * needs more. A JVM raises its own to the maximum, and programs that close "all" descriptors at
   * start take seconds over it.
   */
  public static OpenFilesLimit standard() {
    try {
      return standard(Files.readString(Path.of("/proc/self/limits")));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read the limits of this process from /proc/self/limits", e);
    }
  }

  /** A hard limit is never raised: that needs CAP_SYS_RESOURCE, which root may lack. */
  static OpenFilesLimit standard(String limitsOfThisProcess) {
    long hard = HARD;
    for (String line : limitsOfThisProcess.lines().toList()) {
      if (line.startsWith("Max open files")) {
        String[] words = line.split(" +");
        hard = words[4].equals("unlimited") ? hard : Math.min(hard, Long.parseLong(words[4]));
      }
    }
    return new OpenFilesLimit(Math.min(SOFT, hard), hard);
  }
}
