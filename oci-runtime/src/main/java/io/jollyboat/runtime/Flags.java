package io.jollyboat.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The words of a command line, as runc takes them: {@code --name value}, {@code --name=value}, one
 * dash as good as two, {@code --} before what only looks like a flag. Immutable.
 */
final class Flags {
  /**
   * The flags that a command knows.
   *
   * @param switches names of flags without a value
   * @param valued names of flags with one
   * @param aliases other names of these
   * @param ownWords after the first word that is no flag all is the command's own: the words of a
   *     program
   */
  record Known(
      List<String> switches, List<String> valued, Map<String, String> aliases, boolean ownWords) {

    Known {
      switches = List.copyOf(switches);
      valued = List.copyOf(valued);
      aliases = Map.copyOf(aliases);
    }
  }

  private final Map<String, List<String>> values = new HashMap<>();
  private final List<String> words = new ArrayList<>();

  private Flags() {}

  /**
   * @throws RuntimeFailure for a flag that is not known, or lacks its value
   */
  static Flags parse(List<String> line, Known known) {
    Flags flags = new Flags();
    int at = 0;
    while (at < line.size()) {
      String word = line.get(at++);
      if (word.equals("--")) {
        flags.words.addAll(line.subList(at, line.size()));
        break;
      }
      if (word.startsWith("-") && word.length() > 1) {
        at += flags.take(word.replaceFirst("^--?", ""), line.subList(at, line.size()), known);
        continue;
      }
      flags.words.add(word);
      if (known.ownWords()) {
        flags.words.addAll(line.subList(at, line.size()));
        break;
      }
    }
    return flags;
  }

  /** Takes one flag; returns how many of the words after it were its value. */
  private int take(String flag, List<String> after, Known known) {
    String[] parts = flag.split("=", 2);
    String name = known.aliases().getOrDefault(parts[0], parts[0]);
    List<String> list = values.computeIfAbsent(name, n -> new ArrayList<>());
    if (known.switches().contains(name)) {
      list.add(parts.length == 2 ? parts[1] : "true");
      return 0;
    }
    if (!known.valued().contains(name)) {
      throw new RuntimeFailure("flag provided but not defined: --" + parts[0]);
    }
    if (parts.length == 2) {
      list.add(parts[1]);
      return 0;
    }
    if (after.isEmpty()) {
      throw new RuntimeFailure("flag needs an argument: --" + parts[0]);
    }
    list.add(after.get(0));
    return 1;
  }

  boolean is(String name) {
    return value(name).filter("true"::equals).isPresent();
  }

  /** The last one given. */
  Optional<String> value(String name) {
    List<String> all = all(name);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  OptionalLong number(String name) {
    Optional<String> value = value(name);
    try {
      return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value.get()));
    } catch (NumberFormatException e) {
      throw new RuntimeFailure("--" + name + ": \"" + value.get() + "\" is not a number", e);
    }
  }

  List<String> all(String name) {
    return List.copyOf(values.getOrDefault(name, List.of()));
  }

  /** What is no flag. */
  List<String> words() {
    return List.copyOf(words);
  }

  /** The container's id: the first word. */
  String id(String command) {
    if (words.isEmpty() || words.get(0).isEmpty()) {
      throw new RuntimeFailure(command + ": requires the id of a container");
    }
    return words.get(0);
  }
}
