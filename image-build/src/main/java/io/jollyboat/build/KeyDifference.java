package io.jollyboat.build;

import io.jollyboat.StepExplanation.Change;
import io.jollyboat.StepExplanation.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** How the inputs of two steps differ, line by line of their {@link KeyText}. */
final class KeyDifference {
  private static final Set<String> OWN = Set.of("version", "on", "timestamp", "instruction");
  private static final String CONTENT = "content";

  private final ContentLists lists;

  KeyDifference(ContentLists lists) {
    this.lists = lists;
  }

  /** The lines of a text by their names, values in order. */
  record Lines(Map<String, List<String>> byName) {
    static Lines of(String text) {
      Map<String, List<String>> lines = new LinkedHashMap<>();
      text.lines()
          .forEach(
              line -> {
                int blank = line.indexOf(' ');
                String name = blank < 0 ? line : line.substring(0, blank);
                String value = blank < 0 ? "" : line.substring(blank + 1);
                lines.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
              });
      return new Lines(lines);
    }

    List<String> all(String name) {
      return byName.getOrDefault(name, List.of());
    }

    String joined(String name) {
      return String.join(" ", all(name));
    }

    /** Of {@code NAME=value} lines. */
    Map<String, String> pairs(String name) {
      Map<String, String> pairs = new LinkedHashMap<>();
      for (String pair : all(name)) {
        int equals = pair.indexOf('=');
        pairs.put(pair.substring(0, Math.max(0, equals)), pair.substring(equals + 1));
      }
      return pairs;
    }

    /** Those that are not there by an argument of that name. */
    Map<String, String> variables() {
      Map<String, String> variables = pairs("variable");
      pairs("argument").forEach(variables::remove);
      return variables;
    }

    /** What the instruction itself says. */
    Map<String, List<String>> facts() {
      Map<String, List<String>> facts = new LinkedHashMap<>(byName);
      OWN.forEach(facts::remove);
      List.of("argument", "variable", CONTENT).forEach(facts::remove);
      return facts;
    }

    int inCommon(Lines other) {
      int common = 0;
      for (Map.Entry<String, List<String>> entry : byName.entrySet()) {
        List<String> theirs = new ArrayList<>(other.all(entry.getKey()));
        for (String value : entry.getValue()) {
          common += theirs.remove(value) ? 1 : 0;
        }
      }
      return common;
    }
  }

  /**
   * The most similar of the texts, the first of equals; none that is of another instruction, or
   * says something else on something else.
   */
  static Optional<Lines> closest(Lines now, List<String> earlier) {
    Lines best = null;
    int most = -1;
    for (String text : earlier) {
      Lines lines = Lines.of(text);
      boolean related =
          lines.all("instruction").equals(now.all("instruction"))
              && (lines.all("on").equals(now.all("on")) || lines.facts().equals(now.facts()));
      int common = related ? lines.inCommon(now) : -1;
      if (common > most) {
        most = common;
        best = lines;
      }
    }
    return Optional.ofNullable(best);
  }

  /**
   * @param inputs the text of {@code now}
   */
  List<Change> between(Lines before, Lines now, KeyText inputs) throws IOException {
    List<Change> changes = new ArrayList<>();
    if (!before.all("on").equals(now.all("on"))) {
      changes.add(new Change(Input.PARENT, "", "", ""));
    }
    if (!before.facts().equals(now.facts())) {
      changes.add(
          new Change(Input.INSTRUCTION, "", said(before, now.facts()), said(now, before.facts())));
    }
    pairs(changes, Input.ARGUMENT, before.pairs("argument"), now.pairs("argument"));
    pairs(changes, Input.VARIABLE, before.variables(), now.variables());
    if (!before.all(CONTENT).equals(now.all(CONTENT))) {
      content(changes, before.joined(CONTENT), now.joined(CONTENT), inputs);
    }
    if (!before.all("timestamp").equals(now.all("timestamp"))) {
      changes.add(
          new Change(Input.TIMESTAMP, "", before.joined("timestamp"), now.joined("timestamp")));
    }
    return changes;
  }

  /** What of one is not so in the other. */
  private static String said(Lines lines, Map<String, List<String>> other) {
    StringBuilder text = new StringBuilder();
    lines
        .facts()
        .forEach(
            (name, values) -> {
              if (!values.equals(other.get(name))) {
                text.append(text.isEmpty() ? "" : ", ");
                text.append(name).append(' ').append(String.join(" ", values));
              }
            });
    return text.toString();
  }

  private static void pairs(
      List<Change> changes, Input input, Map<String, String> before, Map<String, String> now) {
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      String was = before.getOrDefault(name, "");
      String is = now.getOrDefault(name, "");
      if (before.containsKey(name) != now.containsKey(name) || !was.equals(is)) {
        changes.add(new Change(input, name, was, is));
      }
    }
  }

  private void content(List<Change> changes, String before, String now, KeyText inputs)
      throws IOException {
    Optional<String> was = lists.find(before);
    Optional<String> is = inputs.content(now);
    int known = changes.size();
    if (was.isPresent() && is.isPresent()) {
      pairs(changes, Input.FILE, files(was.get()), files(is.get()));
    }
    if (changes.size() == known) {
      changes.add(new Change(Input.SOURCE, "", before, now));
    }
  }

  /**
   * From a path to all else that is said of it: {@code piece FILE 644 0:0 sha256:… path}, the lines
   * of its attributes after it.
   */
  private static Map<String, String> files(String list) {
    Map<String, String> files = new HashMap<>();
    String path = "";
    for (String line : list.lines().toList()) {
      if (line.startsWith("piece ")) {
        String[] words = line.split(" ", 5);
        int rest = words[4].startsWith("sha256:") ? words[4].indexOf(' ') + 1 : 0;
        String[] named = words[4].substring(rest).split("\\\\n", 2);
        path = named[0];
        String link = named.length > 1 ? " " + named[1] : "";
        files.put(
            path,
            (words[1] + ' ' + words[2] + ' ' + words[3] + ' ' + words[4].substring(0, rest)).strip()
                + link);
      } else if (line.startsWith("xattr ")) {
        files.merge(path, " " + line, String::concat);
      }
    }
    return files;
  }
}
