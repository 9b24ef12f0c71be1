package io.jollyboat.dockerfile;

/**
 * A text that follows an instruction, up to a line that is only its name.
 *
 * @param name the terminator, and the name of the file that COPY makes of it
 * @param content the lines as written, each with its line break
 * @param expands whether COPY and ADD expand variables in it: false when its name is quoted
 * @param stripsTabs {@code <<-}: leading tabs are not part of the text
 */
public record Heredoc(String name, String content, boolean expands, boolean stripsTabs) {
  public Heredoc {
    if (name.isEmpty() || name.indexOf('\n') >= 0 || name.indexOf('<') >= 0) {
      throw new IllegalArgumentException("not a heredoc name: \"" + name + "\"");
    }
    if (!content.isEmpty() && !content.endsWith("\n")) {
      throw new IllegalArgumentException("a heredoc ends in a line break: " + name);
    }
  }

  /** The text without the tabs that {@code <<-} strips. */
  public String text() {
    if (!stripsTabs) {
      return content;
    }
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < content.length()) {
      int end = content.indexOf('\n', at) + 1;
      while (at < end && content.charAt(at) == '\t') {
        at++;
      }
      text.append(content, at, end);
      at = end;
    }
    return text.toString();
  }

  /** The word on the instruction's line, {@code <<-"EOF"}. */
  String word() {
    String quoted = name.indexOf('\'') < 0 ? "'" + name + "'" : Word.literal(name).raw();
    return "<<" + (stripsTabs ? "-" : "") + (expands ? name : quoted);
  }

  /** The lines below the instruction's, without the last line break. */
  String block() {
    return "\n" + content + name;
  }
}
