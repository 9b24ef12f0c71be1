package io.jollyboat.linux.cgroup;

import io.jollyboat.Size;
import io.jollyboat.Stats;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what files tell by device. Not safe for use by several threads. */
final class IoCounts {
  private final Map<String, long[]> devices = new TreeMap<>();

  /**
   * Lines of v1, {@code 8:0 Read 4096}.
   *
   * @param bytes whether the file counts bytes; otherwise operations
   */
  void add(String lines, String read, String write, boolean bytes) {
    for (String line : lines.split("\n")) {
      String[] words = line.strip().split(" ");
      if (words.length == 3 && (words[1].equals(read) || words[1].equals(write))) {
        int at = (bytes ? 0 : 2) + (words[1].equals(read) ? 0 : 1);
        counts(words[0])[at] += Long.parseLong(words[2]);
      }
    }
  }

  /** Lines of v2, {@code 8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0}. */
  void add(String lines) {
    List<String> keys = List.of("rbytes", "wbytes", "rios", "wios");
    for (String line : lines.split("\n")) {
      String[] words = line.strip().split(" ");
      for (int i = 1; i < words.length; i++) {
        String[] pair = words[i].split("=", 2);
        if (pair.length == 2 && keys.contains(pair[0])) {
          counts(words[0])[keys.indexOf(pair[0])] += Long.parseLong(pair[1]);
        }
      }
    }
  }

  private long[] counts(String device) {
    return devices.computeIfAbsent(device, key -> new long[4]);
  }

  List<Stats.Io> all() {
    return devices.entrySet().stream().map(entry -> io(entry.getKey(), entry.getValue())).toList();
  }

  private static Stats.Io io(String device, long[] counts) {
    String[] numbers = device.split(":", 2);
    return new Stats.Io(
        Integer.parseInt(numbers[0]),
        Integer.parseInt(numbers[1]),
        new Size(counts[0]),
        new Size(counts[1]),
        counts[2],
        counts[3]);
  }
}
