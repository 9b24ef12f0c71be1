package io.jollyboat.linux.cgroup;

import java.nio.file.Path;

/** How much memory this machine has. */
final class MachineMemory {
  private static final long TOTAL = total();

  private MachineMemory() {}

  /** A limit, or the machine's memory where that is less. */
  static long atMost(long limit) {
    return limit < 0 ? TOTAL : Math.min(limit, TOTAL);
  }

  private static long total() {
    String meminfo = CgroupFiles.read(Path.of("/proc/meminfo"));
    for (String line : meminfo.split("\n")) {
      if (line.startsWith("MemTotal:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return Long.MAX_VALUE;
  }
}
