package io.jollyboat.dockerfile;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * What {@code # check=skip=…;error=true;experimental=…} says, at the top for the file, above an
 * instruction for that one.
 */
final class CheckOptions {
  private static final Set<String> EXPERIMENTAL = Set.of("invaliddefinitiondescription");

  private record Skipped(int lastLine, Set<String> rules) {}

  private final Set<String> skipped = new HashSet<>();
  private final Set<String> experimental = new HashSet<>();
  private final NavigableMap<Integer, Skipped> ofLines = new TreeMap<>();
  private boolean error;

  static CheckOptions of(List<Directive> directives) {
    CheckOptions options = new CheckOptions();
    directives.stream()
        .filter(directive -> directive.name().equals("check"))
        .forEach(directive -> options.read(directive.value()));
    return options;
  }

  private void read(String value) {
    for (String option : value.split(";", -1)) {
      int equals = option.indexOf('=');
      if (equals > 0) {
        String key = lower(option.substring(0, equals));
        Set<String> values = values(option.substring(equals + 1));
        switch (key) {
          case "skip" -> skipped.addAll(values);
          case "experimental" -> experimental.addAll(values);
          case "error" -> error = values.contains("true");
          default -> {}
        }
      }
    }
  }

  /** A comment above an instruction that stands on these lines. */
  void read(String comment, SourceRange instruction) {
    if (lower(comment).startsWith("check=")) {
      CheckOptions own = new CheckOptions();
      own.read(comment.substring("check=".length()));
      ofLines.put(instruction.line(), new Skipped(instruction.lastLine(), own.skipped));
    }
  }

  boolean isError() {
    return error;
  }

  /** Those that nothing leaves out. */
  List<Warning> wanted(List<Warning> warnings) {
    return warnings.stream().filter(this::isWanted).toList();
  }

  private boolean isWanted(Warning warning) {
    String rule = lower(warning.rule());
    boolean off = EXPERIMENTAL.contains(rule) && !names(experimental, rule);
    int line = warning.range().line();
    Map.Entry<Integer, Skipped> above = ofLines.floorEntry(line);
    boolean here = above != null && line <= above.getValue().lastLine();
    return !off && !names(skipped, rule) && !(here && names(above.getValue().rules(), rule));
  }

  private static boolean names(Set<String> rules, String rule) {
    return rules.contains("all") || rules.contains(rule);
  }

  private static Set<String> values(String text) {
    Set<String> values = new HashSet<>();
    List.of(text.split(",", -1)).forEach(name -> values.add(lower(name)));
    return values;
  }

  private static String lower(String name) {
    return Blanks.trim(name).toLowerCase(Locale.ROOT);
  }
}
