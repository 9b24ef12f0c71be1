package io.jollyboat.dockerfile;

import java.util.Optional;

/**
 * Text that is not of the language. The message shows file and line, the line itself, a caret below
 * the place, and, where one is likely, what may have been meant.
 */
public final class DockerfileSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int WIDEST_LINE = 160;

  private final String problem;
  private final transient SourceRange range;
  private final String sourceLine;
  private final String suggestion;

  DockerfileSyntaxException(
      String problem, SourceRange range, String sourceLine, String suggestion) {
    super(describe(problem, range, sourceLine, suggestion));
    this.problem = problem;
    this.range = range;
    this.sourceLine = sourceLine;
    this.suggestion = suggestion;
  }

  /** What is wrong, without the place. */
  public String problem() {
    return problem;
  }

  /** The place; {@link SourceRange#NONE} for a word or an instruction made in Java. */
  public SourceRange range() {
    return range == null ? SourceRange.NONE : range;
  }

  /** The line of the place, or the word when there is no file. */
  public String sourceLine() {
    return sourceLine;
  }

  /** What may have been meant, e.g. {@code did you mean RUN?}. */
  public Optional<String> suggestion() {
    return suggestion.isEmpty() ? Optional.empty() : Optional.of(suggestion);
  }

  private static String describe(
      String problem, SourceRange range, String sourceLine, String suggestion) {
    StringBuilder text = new StringBuilder();
    if (range.line() > 0) {
      text.append(range).append(": ");
    }
    text.append(problem);
    if (!sourceLine.isEmpty()) {
      appendLine(text, range, sourceLine);
    }
    if (!suggestion.isEmpty()) {
      text.append('\n').append(suggestion);
    }
    return text.toString();
  }

  /** The line cut to a window around the caret, tabs as blanks so that the caret stands right. */
  private static void appendLine(StringBuilder text, SourceRange range, String sourceLine) {
    int caret = Math.max(0, Math.min(range.column() - 1, sourceLine.length()));
    int from = Math.max(0, caret - WIDEST_LINE / 2);
    int to = Math.min(sourceLine.length(), from + WIDEST_LINE);
    String margin = range.line() > 0 ? range.line() + " | " : "";
    text.append("\n  ").append(margin);
    text.append(sourceLine.substring(from, to).replace('\t', ' '));
    text.append("\n  ").append(margin.replaceAll("[0-9]", " "));
    text.append(" ".repeat(caret - from)).append('^');
  }
}
