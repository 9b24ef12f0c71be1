package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads directives, joins continued lines, drops comments, and reads the heredocs below a line. */
final class LineReader {
  private final Lines lines;
  private final DirectiveReader directives = new DirectiveReader();
  private final List<Warning> warnings;

  LineReader(Lines lines, List<Warning> warnings) {
    this.lines = lines;
    this.warnings = warnings;
  }

  char escape() {
    return directives.escape();
  }

  List<Directive> directives() {
    return directives.found();
  }

  /** The next line with an instruction on it, leading blanks dropped. */
  Optional<LogicalLine> next() {
    List<String> comments = new ArrayList<>();
    while (lines.hasNext()) {
      String physical = Lines.withoutBreak(lines.next());
      int start = Blanks.skip(physical, 0);
      String line = physical.substring(start);
      boolean directive = directives.read(line, lines);
      String comment = line.startsWith("#") ? Blanks.trim(line.substring(1)) : "";
      if (line.isEmpty() || directive || (comment.isEmpty() && line.startsWith("#"))) {
        comments.clear();
      } else if (line.startsWith("#")) {
        comments.add(comment);
      } else {
        LogicalLine logical = new LogicalLine(lines, comments);
        readContinued(logical, line, start);
        return Optional.of(logical);
      }
    }
    return Optional.empty();
  }

  private void readContinued(LogicalLine logical, String first, int column) {
    boolean more = append(logical, first, column);
    boolean emptyLine = false;
    while (more && lines.hasNext()) {
      String line = Lines.withoutBreak(lines.next());
      int start = Blanks.skip(line, 0);
      if (start == line.length()) {
        emptyLine = true;
      } else if (line.charAt(start) != '#') {
        more = append(logical, line, 0);
      }
    }
    logical.endsAt(lines.number());
    if (emptyLine) {
      warnings.add(
          new Warning(
              "NoEmptyContinuation",
              "Empty continuation line: remove it, or end the instruction before it",
              logical.range(0)));
    }
  }

  /** True when the line says that the next one belongs to it. */
  private boolean append(LogicalLine logical, String line, int column) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    String trimmed = line.substring(0, end);
    boolean continues = ShellText.endsInContinuation(trimmed, directives.escape());
    logical.append(continues ? trimmed.substring(0, end - 1) : line, column);
    return continues;
  }

  /** The texts that a line announced, in order. */
  List<Heredoc> heredocs(LogicalLine logical, List<HeredocWords.Announced> announced) {
    List<Heredoc> read = new ArrayList<>();
    for (HeredocWords.Announced heredoc : announced) {
      read.add(heredoc.with(body(logical, heredoc)));
    }
    logical.endsAt(lines.number());
    return read;
  }

  private String body(LogicalLine logical, HeredocWords.Announced heredoc) {
    StringBuilder body = new StringBuilder();
    while (lines.hasNext()) {
      String line = lines.next();
      String bare = Lines.withoutBreak(line);
      if ((heredoc.stripsTabs() ? withoutTabs(bare) : bare).equals(heredoc.name())) {
        return body.toString();
      }
      body.append(line);
    }
    int at = Math.max(0, logical.text().indexOf("<<"));
    throw logical.error(
        at,
        "unterminated heredoc: no line is just " + heredoc.name(),
        "end it with " + heredoc.name() + " on a line of its own");
  }

  private static String withoutTabs(String line) {
    int at = 0;
    while (at < line.length() && line.charAt(at) == '\t') {
      at++;
    }
    return line.substring(at);
  }
}
