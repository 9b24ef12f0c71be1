package io.jollyboat.dockerfile;

import java.util.List;

/** What a line of shell text may hold so that it reads back as shell text. */
final class ShellText {
  private ShellText() {}

  /**
   * Text for the shell that can stand on the line of an instruction.
   *
   * @throws IllegalArgumentException no line can say it; the message says what to do instead
   */
  static Command.Shell line(String text) {
    String line = Blanks.trim(text);
    if (!fitsOneLine(line)) {
      throw new IllegalArgumentException(
          "a Dockerfile line cannot say this shell text, use exec(\"/bin/sh\", \"-c\", text): "
              + text);
    }
    return new Command.Shell(line);
  }

  static boolean fitsOneLine(String text) {
    return text.indexOf('\n') < 0
        && text.indexOf('\r') < 0
        && !endsInContinuation(text, '\\')
        && !(text.startsWith("[") && Json.strings(text).isJson())
        && HeredocWords.find(text).isEmpty();
  }

  /** An escape character at the end, but not a pair of them. */
  static boolean endsInContinuation(String text, char escape) {
    int last = text.length() - 1;
    return last >= 0
        && text.charAt(last) == escape
        && (last == 0 || text.charAt(last - 1) != escape);
  }

  /** A file's content, taken literally; a line break is added where the last one lacks. */
  static Heredoc file(String name, String content) {
    boolean ended = content.isEmpty() || content.endsWith("\n");
    return new Heredoc(name, ended ? content : content + "\n", false, false);
  }

  /** A text of several lines as the heredoc of a RUN. */
  static Heredoc script(String text) {
    String body = text.endsWith("\n") ? text : text + "\n";
    List<String> lines = body.lines().toList();
    String name = "EOF";
    for (int i = 1; lines.contains(name); i++) {
      name = "EOF" + i;
    }
    return new Heredoc(name, body, true, false);
  }
}
