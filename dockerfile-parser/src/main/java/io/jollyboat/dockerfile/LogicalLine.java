package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** The lines of one instruction joined at their continuations, and where each part came from. */
final class LogicalLine {
  private record Segment(int offset, int line, int column) {}

  private final Lines lines;
  private final List<Segment> segments = new ArrayList<>();
  private final StringBuilder joined = new StringBuilder();
  private final List<String> comments;
  private String text = "";
  private int lastLine;

  /**
   * @param comments the block directly above it, without {@code #} and blanks around
   */
  LogicalLine(Lines lines, List<String> comments) {
    this.lines = lines;
    this.comments = List.copyOf(comments);
    this.lastLine = lines.number();
  }

  /** A part of the line that the cursor stands on; its column from 0. */
  void append(String part, int column) {
    segments.add(new Segment(joined.length(), lines.number(), column + 1));
    joined.append(part);
    text = "";
  }

  List<String> comments() {
    return comments;
  }

  void endsAt(int line) {
    lastLine = line;
  }

  String text() {
    if (text.isEmpty()) {
      text = joined.toString();
    }
    return text;
  }

  /** The place of a character of the text, to the instruction's last line. */
  SourceRange range(int offset) {
    Segment found = segments.get(0);
    for (Segment segment : segments) {
      if (segment.offset() > offset) {
        break;
      }
      found = segment;
    }
    return lines.range(found.line(), found.column() + offset - found.offset(), lastLine);
  }

  DockerfileSyntaxException error(int offset, String problem) {
    return error(offset, problem, "");
  }

  DockerfileSyntaxException error(int offset, String problem, String suggestion) {
    return lines.error(range(offset), problem, suggestion);
  }
}
