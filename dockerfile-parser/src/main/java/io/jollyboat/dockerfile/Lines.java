package io.jollyboat.dockerfile;

/** A cursor over the lines of a file. */
final class Lines {
  private static final int LONGEST = 65_535;

  private final String text;
  private final String fileName;
  private int at;
  private int number;

  Lines(String text, String fileName) {
    this.text = text;
    this.fileName = fileName;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  boolean hasNext() {
    return at < text.length();
  }

  /** The next line with its line break. */
  String next() {
    int end = text.indexOf('\n', at);
    String line = text.substring(at, end < 0 ? text.length() : end + 1);
    at += line.length();
    number++;
    if (line.length() > LONGEST) {
      throw error(
          new SourceRange(fileName, number, 1, number),
          "dockerfile line greater than max allowed size of " + LONGEST,
          "");
    }
    return line;
  }

  /** Of the line that {@link #next} gave last, from 1. */
  int number() {
    return number;
  }

  SourceRange range(int line, int column, int lastLine) {
    return new SourceRange(fileName, line, column, Math.max(line, lastLine));
  }

  DockerfileSyntaxException error(SourceRange range, String problem, String suggestion) {
    return new DockerfileSyntaxException(problem, range, line(range.line()), suggestion);
  }

  static String withoutBreak(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == '\r')) {
      end--;
    }
    return line.substring(0, end);
  }

  /** A line by its number, for an error: found by counting. */
  private String line(int wanted) {
    int from = text.startsWith("\uFEFF") ? 1 : 0;
    for (int i = 1; i < wanted && from >= 0; i++) {
      from = text.indexOf('\n', from) + 1;
    }
    int end = text.indexOf('\n', from);
    return withoutBreak(text.substring(from, end < 0 ? text.length() : end));
  }
}
