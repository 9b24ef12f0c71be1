package io.jollyboat.linux.network;

import io.jollyboat.Size;
import io.jollyboat.Stats;
import io.jollyboat.linux.syscall.Pid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What went through the links of a process's network namespace (proc_pid_net(5), "dev"). */
public final class LinkCounters {
  private static final int COLUMNS = 16;

  private LinkCounters() {}

  /**
   * By the links' names, loopback apart.
   *
   * @throws UncheckedIOException when the process is gone
   */
  public static Map<String, Stats.Network> of(Pid process) {
    try {
      return parse(Files.readString(Path.of("/proc/" + process.number() + "/net/dev")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the links of " + process, e);
    }
  }

  /**
   * Two lines of headings, then {@code eth0: bytes packets errs drop fifo frame compressed
   * multicast}, the same for what was sent.
   */
  static Map<String, Stats.Network> parse(String dev) {
    Map<String, Stats.Network> links = new TreeMap<>();
    for (String line : dev.split("\n")) {
      int colon = line.lastIndexOf(':');
      String name = colon < 0 ? "lo" : line.substring(0, colon).strip();
      if (!name.equals("lo")) {
        long[] n =
            Arrays.stream(line.substring(colon + 1).strip().split("\\s+"))
                .mapToLong(Long::parseLong)
                .toArray();
        if (n.length >= COLUMNS) {
          links.put(
              name,
              new Stats.Network(
                  new Size(n[0]), n[1], n[2], n[3], new Size(n[8]), n[9], n[10], n[11]));
        }
      }
    }
    return links;
  }
}
