package io.jollyboat.engine;

import java.util.List;

/** The end of a log, for messages. */
final class LastLines {
  private static final int MOST = 5;

  private LastLines() {}

  /** Empty for an empty log. */
  static String of(String log) {
    List<String> lines = log.lines().toList();
    return lines.isEmpty()
        ? ""
        : "; it printed last: "
            + String.join(" | ", lines.subList(Math.max(0, lines.size() - MOST), lines.size()));
  }
}
