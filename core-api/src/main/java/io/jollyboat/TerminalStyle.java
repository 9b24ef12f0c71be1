package io.jollyboat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How lines look on a terminal.
 *
 * @param colours whether what programs print is dim
 * @param rows of the terminal
 */
record TerminalStyle(boolean colours, int rows) {
  private static final int USUAL_ROWS = 24;
  private static final int COLUMN = 7;
  private static final int BAR = 30;

  /** By the variables {@code NO_COLOR} and {@code LINES}. */
  static TerminalStyle of(Map<String, String> environment) {
    int rows;
    try {
      rows = Integer.parseInt(environment.getOrDefault("LINES", ""));
    } catch (NumberFormatException e) {
      rows = USUAL_ROWS; // unset, or set to something else
    }
    boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new TerminalStyle(!plain, Math.max(4, rows));
  }

  /** A title behind a time, or behind a word in its place. */
  String line(String first, String title) {
    return " ".repeat(Math.max(0, COLUMN - first.length())) + first + " " + title;
  }

  String output(String text) {
    String line = " ".repeat(COLUMN + 3) + text;
    return colours ? "\u001b[2m" + line + "\u001b[0m" : line;
  }

  /** The bar of a layer that moves; none of one that waits or is there. */
  Optional<String> bar(Progress.Transfer layer) {
    String what =
        switch (layer.phase()) {
          case DOWNLOADING, PUSHING -> moved(layer);
          case VERIFYING -> "verifying";
          case EXTRACTING -> "extracting";
          case WAITING, PRESENT, MOUNTED, DONE -> "";
        };
    return what.isEmpty()
        ? Optional.empty()
        : Optional.of(line("", layer.layer().hex().substring(0, 12) + " " + what));
  }

  private static String moved(Progress.Transfer layer) {
    long total = Math.max(1, layer.total().bytes());
    int full = (int) (BAR * Math.min(total, layer.done().bytes()) / total);
    String bar = "=".repeat(full) + " ".repeat(BAR - full);
    return "[" + bar + "] " + layer.done() + " of " + layer.total();
  }

  /** So many lines that the cursor can go back to the first one. */
  List<String> fitting(List<String> lines) {
    int most = rows - 2;
    return lines.size() <= most ? lines : lines.subList(0, most);
  }

  static String seconds(long since) {
    return String.format(Locale.ROOT, "%.1fs", (System.nanoTime() - since) / 1e9);
  }
}
