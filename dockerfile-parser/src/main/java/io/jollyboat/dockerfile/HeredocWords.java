package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds {@code <<EOF} on a line, by the rules of a shell word; the backslash always escapes. */
final class HeredocWords {
  private HeredocWords() {}

  /** A heredoc announced: its body follows the line. */
  record Announced(String name, boolean expands, boolean stripsTabs) {
    Heredoc with(String content) {
      return new Heredoc(name, content, expands, stripsTabs);
    }
  }

  /** Those of a line in order; none when a quote or brace of the line is not closed. */
  static List<Announced> find(String line) {
    if (!line.contains("<<") || !WordParser.isClosed(line)) {
      return List.of();
    }
    List<Announced> found = new ArrayList<>();
    for (Piece word : NameValues.split(line, '\\')) {
      one(word.text()).ifPresent(found::add);
    }
    return found;
  }

  /** The word as a heredoc: digits, two angles, a dash or not, a name in quotes or not. */
  static Optional<Announced> one(String word) {
    int at = 0;
    while (at < word.length() && word.charAt(at) >= '0' && word.charAt(at) <= '9') {
      at++;
    }
    if (!word.startsWith("<<", at)) {
      return Optional.empty();
    }
    at += 2;
    boolean strips = word.startsWith("-", at);
    String name = word.substring(strips ? at + 1 : at);
    return name.isEmpty() || name.indexOf('<') >= 0 ? Optional.empty() : named(name, strips);
  }

  private static Optional<Announced> named(String written, boolean strips) {
    try {
      Word word = Word.read(written, '\\');
      boolean quoted = written.chars().anyMatch(c -> c == '\'' || c == '"' || c == '\\');
      String name = word.isLiteral() ? word.value() : written;
      return name.isEmpty() ? Optional.empty() : Optional.of(new Announced(name, !quoted, strips));
    } catch (WordSyntaxException e) {
      return Optional.empty();
    }
  }
}
