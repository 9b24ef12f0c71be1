package io.jollyboat;

import java.io.PrintStream;
import java.util.List;

/**
 * The end of a terminal's text, drawn over again and again, with lines above it that stay. Lines
 * longer than the terminal is wide are cut by the terminal, so that its width need not be known.
 * Control sequences are those of ECMA-48 and DEC's private mode 7. Not safe for use by several
 * threads.
 */
final class LiveScreen {
  private static final String CLEAR_BELOW = "\u001b[J";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  private final PrintStream out;
  private int drawn;

  LiveScreen(PrintStream out) {
    this.out = out;
  }

  /**
   * Replaces what was drawn last. It is written at once, and leaves the terminal as a program that
   * is killed now should leave it.
   *
   * @param kept go above, for good
   * @param live are replaced by the next call
   */
  void draw(List<String> kept, List<String> live) {
    StringBuilder text = new StringBuilder();
    if (drawn > 0) {
      text.append("\u001b[").append(drawn).append('A');
    }
    text.append('\r').append(CLEAR_BELOW);
    kept.forEach(line -> text.append(line).append("\r\n"));
    if (!live.isEmpty()) {
      text.append(NO_WRAP);
      live.forEach(line -> text.append(line).append("\r\n"));
      text.append(WRAP);
    }
    drawn = live.size();
    out.print(text);
    out.flush();
  }
}
