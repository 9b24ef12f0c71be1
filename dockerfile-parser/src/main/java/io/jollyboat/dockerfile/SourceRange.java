package io.jollyboat.dockerfile;

/**
 * Where something stands in a Dockerfile.
 *
 * @param file the name the text was parsed under
 * @param line the first line, from 1
 * @param column of the first character in that line, from 1
 * @param lastLine the last line, heredoc bodies included
 */
public record SourceRange(String file, int line, int column, int lastLine) {
  /** Of what was made in Java. */
  public static final SourceRange NONE = new SourceRange("", 0, 0, 0);

  public SourceRange {
    if (line < 0 || column < 0 || lastLine < line) {
      throw new IllegalArgumentException("not a range: " + line + ":" + column + "-" + lastLine);
    }
  }

  /** {@code Dockerfile:12:5}, or nothing for {@link #NONE}. */
  @Override
  public String toString() {
    return line == 0 ? "" : file + ":" + line + ":" + column;
  }
}
