package io.jollyboat.dockerfile;

import java.util.List;

/** Finds the quotes and dashes that word processors and blogs put in place of the typed ones. */
final class Typography {
  private static final String DOUBLE = "\u201C\u201D\u201E\u201F\u00AB\u00BB\u2033\uFF02";
  private static final String SINGLE = "\u2018\u2019\u201A\u201B\u2032\uFF07";
  private static final String DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFE58\uFF0D";

  private final LogicalLine line;
  private final String text;
  private final StringBuilder typed = new StringBuilder();
  private int firstQuote = -1;
  private int firstDash = -1;

  private Typography(LogicalLine line) {
    this.line = line;
    this.text = line.text();
  }

  static void check(LogicalLine line, List<Warning> warnings) {
    boolean plain = line.text().chars().allMatch(c -> c < 0xAB);
    if (!plain && !line.text().regionMatches(true, 0, "MAINTAINER", 0, 10)) {
      new Typography(line).scan(warnings);
    }
  }

  /** Straight quotes protect what is in them. */
  private void scan(List<Warning> warnings) {
    char straight = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (straight == 0 && isDashOfFlag(i)) {
        firstDash = firstDash < 0 ? i : firstDash;
        i = typedDash(i);
        continue;
      }
      boolean quote = straight == 0 && DOUBLE.indexOf(c) >= 0;
      boolean apostrophe = straight == 0 && SINGLE.indexOf(c) >= 0;
      if (quote || apostrophe) {
        firstQuote = firstQuote < 0 ? i : firstQuote;
      } else if (c == '"' || c == '\'') {
        straight = straight == 0 ? c : straight == c ? 0 : straight;
      }
      typed.append(quote ? '"' : apostrophe ? '\'' : c);
    }
    report(warnings);
  }

  private void report(List<Warning> warnings) {
    String advice = "; type " + Blanks.trim(typed.toString());
    if (firstQuote >= 0) {
      char found = text.charAt(firstQuote);
      char meant = DOUBLE.indexOf(found) >= 0 ? '"' : '\'';
      warn(
          "TypographicQuotes",
          found + " is a typographic quote, not " + meant,
          firstQuote,
          warnings,
          advice);
    }
    if (firstDash >= 0) {
      char found = text.charAt(firstDash);
      warn("TypographicDash", found + " is a typographic dash, not -", firstDash, warnings, advice);
    }
  }

  private void warn(
      String rule, String problem, int offset, List<Warning> warnings, String advice) {
    warnings.add(new Warning(rule, problem + advice, line.range(offset)));
  }

  /** A word that begins with dashes, one of them typographic, and goes on with a letter. */
  private boolean isDashOfFlag(int at) {
    boolean begins = at > 0 && Blanks.isBlank(text.charAt(at - 1));
    if (!begins) {
      return false;
    }
    int end = dashesEnd(at);
    boolean typographic = text.substring(at, end).chars().anyMatch(c -> DASHES.indexOf(c) >= 0);
    return typographic && end < text.length() && Character.isLetter(text.charAt(end));
  }

  private int dashesEnd(int at) {
    int end = at;
    while (end < text.length()
        && (text.charAt(end) == '-' || DASHES.indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    return end;
  }

  /** Writes one dash before a single letter, else two, and returns the last dash's index. */
  private int typedDash(int at) {
    int end = dashesEnd(at);
    boolean single = end + 1 >= text.length() || !Character.isLetter(text.charAt(end + 1));
    typed.append(single ? "-" : "--");
    return end - 1;
  }
}
