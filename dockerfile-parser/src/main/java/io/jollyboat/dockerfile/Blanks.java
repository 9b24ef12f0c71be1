package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** White space as the language has it: Unicode's, no-break space included. */
final class Blanks {
  private Blanks() {}

  static boolean isBlank(int c) {
    return (c >= '\t' && c <= '\r')
        || c == ' '
        || c == 0x85
        || c == 0xA0
        || (c > 0xFF && Character.isSpaceChar(c));
  }

  static boolean anyIn(String text) {
    return text.chars().anyMatch(Blanks::isBlank);
  }

  /** The index of the first character from {@code from} on that is not blank, or the length. */
  static int skip(String text, int from) {
    int at = from;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static String trim(String text) {
    int end = text.length();
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    int start = skip(text, 0);
    return start >= end ? "" : text.substring(start, end);
  }

  /** What separates an instruction from its words, and those from one another: not Unicode's. */
  static boolean isSeparator(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == 0x0B || c == '\f';
  }

  /** The words of a text that knows neither quotes nor escapes. */
  static List<Piece> split(String text) {
    List<Piece> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !isSeparator(text.charAt(end))) {
        end++;
      }
      if (end > at) {
        words.add(new Piece(text.substring(at, end), at));
      }
      at = end + 1;
    }
    return words;
  }
}
