package io.jollyboat;

import java.util.Locale;
import java.util.Set;

/**
 * A limit of setrlimit(2) for each process of a container. Immutable.
 *
 * @param name that of setrlimit(2) without {@code RLIMIT_}, as Docker has them: {@code as core cpu
 *     data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack}
 * @param soft in the limit's own unit; -1: none
 * @param hard the most that the process may raise it to; -1: none
 */
public record Ulimit(String name, long soft, long hard) {
  private static final Set<String> NAMES =
      Set.of(
          "as",
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");

  public Ulimit {
    name = name.toLowerCase(Locale.ROOT);
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException("no limit is named \"" + name + "\": there are " + NAMES);
    }
    if (soft < -1 || hard < -1 || (hard >= 0 && (soft < 0 || soft > hard))) {
      throw new IllegalArgumentException(
          "limit " + name + ": " + soft + " is more than the hard limit " + hard);
    }
  }
}
