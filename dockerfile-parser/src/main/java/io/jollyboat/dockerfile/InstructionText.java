package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Puts an instruction's text together: keyword, flags, the rest, the heredocs. */
final class InstructionText {
  private final String keyword;
  private final List<String> flags = new ArrayList<>();

  InstructionText(String keyword) {
    this.keyword = keyword;
  }

  static String of(String keyword, String rest) {
    return new InstructionText(keyword).with(rest);
  }

  InstructionText flag(String name, Optional<?> value) {
    value.ifPresent(v -> flags.add("--" + name + "=" + quoted(v)));
    return this;
  }

  InstructionText flag(String name, List<?> values) {
    values.forEach(v -> flags.add("--" + name + "=" + quoted(v)));
    return this;
  }

  InstructionText flag(String name, boolean present) {
    if (present) {
      flags.add("--" + name);
    }
    return this;
  }

  /** A lone {@code --} ends the flags where the rest looks like one. */
  String with(String rest) {
    StringBuilder text = new StringBuilder(keyword);
    flags.forEach(flag -> text.append(' ').append(flag));
    if (rest.startsWith("--")) {
      text.append(" --");
    }
    return rest.isEmpty() ? text.toString() : text.append(' ').append(rest).toString();
  }

  String with(String rest, List<Heredoc> heredocs) {
    return with(rest) + heredocs.stream().map(Heredoc::block).collect(Collectors.joining());
  }

  /**
   * Words split at blanks, or as JSON where one holds a blank or would be read as something else.
   */
  static String list(List<Word> words) {
    List<String> raw = words.stream().map(Word::raw).toList();
    boolean plain =
        raw.stream().noneMatch(w -> w.isEmpty() || Blanks.anyIn(w) || w.startsWith("<<"))
            && !raw.isEmpty()
            && !raw.get(0).startsWith("[")
            && !raw.get(0).startsWith("--");
    return plain
        ? String.join(" ", raw)
        : Json.print(words.stream().map(Word::rawInQuotes).toList());
  }

  private static String quoted(Object flag) {
    String value = flag instanceof Word word ? word.rawInQuotes() : flag.toString();
    boolean special = value.chars().anyMatch(c -> Blanks.isBlank(c) || "\"'\\".indexOf(c) >= 0);
    return special ? '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"' : value;
  }
}
