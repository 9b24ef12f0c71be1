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
        || (c > 0xFF && (Character.isSpaceChar(c)));
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

  /** The words of a text that knows neither quotes nor escapes. */
  static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    int at = skip(text, 0);
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !isBlank(text.charAt(end))) {
        end++;
      }
      words.add(text.substring(at, end));
      at = skip(text, end);
    }
    return words;
  }
}
