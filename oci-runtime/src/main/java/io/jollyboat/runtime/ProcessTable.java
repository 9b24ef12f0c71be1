package io.jollyboat.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What /proc tells of processes. */
final class ProcessTable {
  private static final int STATE = 0;
  private static final int START = 19;

  private ProcessTable() {}

  /** When a process was started, in ticks since boot; empty when it is none, or a dead one. */
  static OptionalLong startOf(int pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc", Integer.toString(pid), "stat"), StandardCharsets.UTF_8);
      // The name, in parentheses, may hold anything.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      boolean ended = "ZXx".contains(fields[STATE]);
      return ended ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(fields[START]));
    } catch (IOException | StringIndexOutOfBoundsException e) {
      return OptionalLong.empty();
    }
  }

  /** Whether it is the same process still. */
  static boolean runs(int pid, long start) {
    OptionalLong now = startOf(pid);
    return pid > 0 && now.isPresent() && now.getAsLong() == start;
  }
}
