package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The check rules on how instructions are spelled, and what looks like JSON but is not. */
final class Spelling {
  private record Keyword(String text, SourceRange range) {}

  private final List<Warning> warnings;
  private final List<Keyword> keywords = new ArrayList<>();

  Spelling(List<Warning> warnings) {
    this.warnings = warnings;
  }

  /** A line that has been read without an error. */
  void line(LogicalLine line, Instruction instruction) {
    List<Piece> words = Blanks.split(line.text().substring(0, Math.min(line.text().length(), 256)));
    if (!words.isEmpty()) {
      keywords.add(new Keyword(words.get(0).text(), instruction.range()));
    }
    if (instruction instanceof From from && from.name().isPresent()) {
      stageName(Blanks.split(line.text()), from);
    }
    if (instruction instanceof Env || instruction instanceof Label) {
      oldForm(words, instruction);
    }
    if (looksLikeJson(line.text(), instruction)) {
      warnings.add(
          new Warning(
              "JsonFormInvalid",
              "This is no JSON list and was taken as text; write it with straight double quotes, "
                  + instruction.keyword()
                  + " [\"word\", \"word\"]",
              line.range(line.text().indexOf('['))));
    }
  }

  private void stageName(List<Piece> words, From from) {
    String name = words.get(words.size() - 1).text();
    String as = words.get(words.size() - 2).text();
    if (!name.equals(name.toLowerCase(Locale.ROOT))) {
      warn("StageNameCasing", "Stage name '" + name + "' should be lowercase", from.range());
    }
    boolean upper = words.get(0).text().equals("FROM");
    if (!as.equals(upper ? "AS" : "as")) {
      warn(
          "FromAsCasing",
          "'" + as + "' and '" + words.get(0).text() + "' keywords' casing do not match",
          from.range());
    }
  }

  private void oldForm(List<Piece> words, Instruction instruction) {
    if (words.size() > 1 && words.get(1).text().indexOf('=') < 0 && noQuote(words.get(1).text())) {
      String keyword = instruction.keyword();
      warn(
          "LegacyKeyValueFormat",
          "\"" + keyword + " key=value\" should be used instead of \"" + keyword + " key value\"",
          instruction.range());
    }
  }

  private static boolean noQuote(String word) {
    return word.indexOf('"') < 0 && word.indexOf('\'') < 0 && word.indexOf('\\') < 0;
  }

  /** A bracket, a quote behind it, and a bracket at the end, in what was read as text. */
  private static boolean looksLikeJson(String line, Instruction instruction) {
    boolean hasJsonForm =
        (instruction instanceof Cmd cmd && cmd.command() instanceof Command.Shell)
            || (instruction instanceof Entrypoint e && e.command() instanceof Command.Shell)
            || (instruction instanceof Run run && run.command() instanceof Command.Shell)
            || instruction instanceof Volume
            || instruction instanceof Transfer;
    int bracket = line.indexOf('[');
    if (!hasJsonForm || bracket < 0 || !Blanks.trim(line).endsWith("]")) {
      return false;
    }
    List<Piece> before = Blanks.split(line.substring(0, bracket));
    boolean first = before.stream().skip(1).allMatch(word -> word.text().startsWith("--"));
    int quote = Blanks.skip(line, bracket + 1);
    boolean quoted = quote < line.length() && "\"'".indexOf(line.charAt(quote)) >= 0;
    return first && quoted && !Json.strings(line.substring(bracket)).isJson();
  }

  /** Which of upper and lower case is the rule of this file, and who breaks it. */
  void casing() {
    long upper = keywords.stream().filter(k -> isUpper(k.text())).count();
    long lower = keywords.stream().filter(k -> isLower(k.text())).count();
    boolean majorityUpper = upper >= lower;
    for (Keyword keyword : keywords) {
      if (majorityUpper ? !isUpper(keyword.text()) : !isLower(keyword.text())) {
        warn(
            "ConsistentInstructionCasing",
            "Command '"
                + keyword.text()
                + "' should match the case of the command majority ("
                + (majorityUpper ? "uppercase)" : "lowercase)"),
            keyword.range());
      }
    }
  }

  private static boolean isUpper(String text) {
    return text.equals(text.toUpperCase(Locale.ROOT));
  }

  private static boolean isLower(String text) {
    return text.equals(text.toLowerCase(Locale.ROOT));
  }

  private void warn(String rule, String message, SourceRange range) {
    warnings.add(new Warning(rule, message, range));
  }
}
