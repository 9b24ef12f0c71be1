package io.jollyboat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last lines of what a stranger's program prints, as plain text: nothing in them moves a
 * terminal's cursor, changes its colours or its direction of writing. Not safe for use by several
 * threads.
 */
final class OutputLines {
  private static final int WIDEST = 400;

  private final int most;
  private final Deque<String> lines = new ArrayDeque<>();
  private final StringBuilder open = new StringBuilder();
  private boolean overwrite;

  OutputLines(int most) {
    this.most = most;
  }

  void add(String text) {
    text.codePoints().forEach(this::add);
  }

  private void add(int character) {
    if (character == '\n') {
      end();
    } else if (character == '\r') {
      overwrite = true; // unless it is half of a line's end, what follows stands in its place
    } else {
      if (overwrite) {
        open.setLength(0);
        overwrite = false;
      }
      if (open.length() < 4 * WIDEST) { // escape sequences go away later
        open.appendCodePoint(character);
      }
    }
  }

  private void end() {
    overwrite = false;
    lines.addLast(plain(open.toString()));
    open.setLength(0);
    if (lines.size() > most) {
      lines.removeFirst();
    }
  }

  /** Oldest first, one that has not ended too. */
  List<String> last() {
    Deque<String> all = new ArrayDeque<>(lines);
    if (!open.isEmpty()) {
      all.addLast(plain(open.toString()));
      if (all.size() > most) {
        all.removeFirst();
      }
    }
    return List.copyOf(all);
  }

  /** Without control sequences and characters, and not too long; tabs are blanks. */
  static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    int at = 0;
    while (at < text.length() && plain.length() < WIDEST) {
      int character = text.codePointAt(at);
      if (character == 0x1b) {
        at = afterSequence(text, at + 1);
        continue;
      }
      if (character == '\t') {
        plain.append("  ");
      } else if (isPrintable(character)) {
        plain.appendCodePoint(character);
      }
      at += Character.charCount(character);
    }
    return plain.toString();
  }

  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> false;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }

  /** Control sequences end with a letter or one of its neighbours, strings with BEL or ST. */
  private static int afterSequence(String text, int at) {
    if (at >= text.length()) {
      return at;
    }
    char kind = text.charAt(at);
    int next = at + 1;
    if (kind == '[') {
      while (next < text.length() && (text.charAt(next) < '@' || text.charAt(next) > '~')) {
        next++;
      }
      return Math.min(text.length(), next + 1);
    }
    if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') {
      while (next < text.length() && text.charAt(next) != 7 && text.charAt(next) != 0x1b) {
        next++;
      }
      return next < text.length() && text.charAt(next) == 7 ? next + 1 : next;
    }
    return next;
  }
}
