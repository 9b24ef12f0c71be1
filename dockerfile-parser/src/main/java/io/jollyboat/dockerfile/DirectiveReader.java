package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The directives at the top: the first line that is none ends them. */
final class DirectiveReader {
  private static final Set<String> KNOWN = Set.of("syntax", "escape", "check");

  private final List<Directive> found = new ArrayList<>();
  private char escape = '\\';
  private boolean done;

  char escape() {
    return escape;
  }

  List<Directive> found() {
    return found;
  }

  /** A line without leading blanks and line break; whether it is a directive. */
  boolean read(String line, Lines lines) {
    if (done) {
      return false;
    }
    int equals = line.indexOf('=');
    String name = line.startsWith("#") && equals > 0 ? Blanks.trim(line.substring(1, equals)) : "";
    String value = Blanks.trim(line.substring(equals + 1));
    String key = name.toLowerCase(Locale.ROOT);
    if (!KNOWN.contains(key) || value.isEmpty()) {
      done = true;
    } else {
      add(new Directive(key, value), lines);
    }
    return !done;
  }

  private void add(Directive directive, Lines lines) {
    SourceRange range = lines.range(lines.number(), 1, lines.number());
    if (found.stream().anyMatch(d -> d.name().equals(directive.name()))) {
      throw lines.error(
          range, "only one " + directive.name() + " parser directive can be used", "");
    }
    if (directive.name().equals("escape")) {
      if (!directive.value().equals("\\") && !directive.value().equals("`")) {
        throw lines.error(
            range, "invalid escape character '" + directive.value() + "': \\ or `", "");
      }
      escape = directive.value().charAt(0);
    }
    found.add(directive);
  }
}
