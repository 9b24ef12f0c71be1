package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Splits the rest of ENV, LABEL and ARG at blanks outside quotes; quotes and escapes stay. */
final class NameValues {
  private NameValues() {}

  static boolean isOneWord(String text) {
    List<Piece> words = split(text, '\\');
    return words.isEmpty() ? text.isEmpty() : words.get(0).text().equals(text);
  }

  static List<Piece> split(String text, char escape) {
    List<Piece> words = new ArrayList<>();
    int at = Blanks.skip(text, 0);
    while (at < text.length()) {
      StringBuilder word = new StringBuilder();
      int end = word(text, at, escape, word);
      if (word.length() > 0) {
        words.add(new Piece(word.toString(), at));
      }
      at = Blanks.skip(text, end);
    }
    return words;
  }

  /** Copies one word, dropping an escape character that stands last, and returns where it ends. */
  private static int word(String text, int start, char escape, StringBuilder word) {
    char quote = 0;
    int at = start;
    while (at < text.length() && (quote != 0 || !Blanks.isBlank(text.charAt(at)))) {
      char c = text.charAt(at++);
      if (c == escape && quote != '\'') {
        if (at < text.length()) {
          word.append(c).append(text.charAt(at++));
        }
        continue;
      }
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      word.append(c);
    }
    return at;
  }
}
