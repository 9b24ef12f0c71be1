package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The {@code --flags} that stand before the words of an instruction. */
final class Flags {
  /** One flag, its quotes resolved; without {@code =} no value. */
  record Flag(String name, Optional<String> value, int offset) {}

  private final LogicalLine line;
  private final List<Flag> flags;
  private final Piece rest;

  private Flags(LogicalLine line, List<Flag> flags, Piece rest) {
    this.line = line;
    this.flags = flags;
    this.rest = rest;
  }

  /** Leading words that begin with two dashes; a lone {@code --} ends them. */
  static Flags read(LogicalLine line, Piece text) {
    List<Flag> flags = new ArrayList<>();
    String t = text.text();
    int at = Blanks.skip(t, 0);
    while (t.startsWith("--", at)) {
      StringBuilder word = new StringBuilder();
      int end = word(t, at, word);
      if (word.toString().equals("--")) {
        at = Blanks.skip(t, end);
        break;
      }
      flags.add(flag(word.toString(), text.offset() + at));
      at = Blanks.skip(t, end);
    }
    Piece rest = text.from(at);
    return new Flags(line, flags, new Piece(Blanks.trim(rest.text()), rest.offset()));
  }

  /** Copies a word without its quotes and backslashes, and returns where it ends. */
  private static int word(String text, int start, StringBuilder word) {
    char quote = 0;
    int at = start;
    while (at < text.length() && (quote != 0 || !Blanks.isBlank(text.charAt(at)))) {
      char c = text.charAt(at++);
      if (c == '\\') {
        if (at < text.length()) {
          word.append(text.charAt(at++));
        }
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        word.append(c);
      }
    }
    return at;
  }

  private static Flag flag(String word, int offset) {
    int equals = word.indexOf('=');
    return equals < 0
        ? new Flag(word.substring(2), Optional.empty(), offset)
        : new Flag(word.substring(2, equals), Optional.of(word.substring(equals + 1)), offset);
  }

  /** What follows the flags, without blanks around it. */
  Piece rest() {
    return rest;
  }

  /** Refuses those that the instruction does not have, and those given twice. */
  void allow(Set<String> single, Set<String> repeatable) {
    Map<String, Flag> seen = new LinkedHashMap<>();
    for (Flag flag : flags) {
      if (!single.contains(flag.name()) && !repeatable.contains(flag.name())) {
        throw unknown(flag, single, repeatable);
      }
      if (seen.put(flag.name(), flag) != null && single.contains(flag.name())) {
        throw line.error(flag.offset(), "duplicate flag specified: --" + flag.name());
      }
    }
  }

  private DockerfileSyntaxException unknown(Flag flag, Set<String> single, Set<String> more) {
    List<String> known = new ArrayList<>(single);
    known.addAll(more);
    String suggestion = Suggestion.of(flag.name(), known, "did you mean --");
    return line.error(flag.offset(), "unknown flag: --" + flag.name(), suggestion);
  }

  List<Flag> all(String name) {
    return flags.stream().filter(f -> f.name().equals(name)).toList();
  }

  /** The value of a flag that needs one. */
  Optional<String> value(String name) {
    return all(name).stream().findFirst().map(this::valueOf);
  }

  List<String> values(String name) {
    return all(name).stream().map(this::valueOf).toList();
  }

  /** True for {@code --name} and {@code --name=true}. */
  boolean isSet(String name) {
    return choice(name).orElse(false);
  }

  Optional<Boolean> choice(String name) {
    return all(name).stream().findFirst().map(this::choiceOf);
  }

  int offset(String name) {
    return all(name).get(0).offset();
  }

  String valueOf(Flag flag) {
    String value = flag.value().orElse("");
    if (value.isEmpty()) {
      throw line.error(flag.offset(), "missing a value on flag: --" + flag.name());
    }
    return value;
  }

  private boolean choiceOf(Flag flag) {
    return switch (flag.value().orElse("true").toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      case "" -> throw line.error(flag.offset(), "missing a value on flag: --" + flag.name());
      default ->
          throw line.error(
              flag.offset(),
              "expected boolean value for flag --" + flag.name() + ", not: " + flag.value().get());
    };
  }
}
