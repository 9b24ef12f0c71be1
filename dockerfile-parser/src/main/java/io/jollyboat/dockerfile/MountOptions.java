package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and checks the options of {@code RUN --mount}. */
final class MountOptions {
  private static final Map<String, String> ALIASES =
      Map.of("src", "source", "dst", "target", "destination", "target", "ro", "readonly");
  static final Set<String> NAMES =
      Set.of(
          "target",
          "source",
          "from",
          "readonly",
          "id",
          "sharing",
          "required",
          "size",
          "mode",
          "uid",
          "gid",
          "env");

  private MountOptions() {}

  /** The value of the flag, quotes of the flag already resolved. */
  static RunMount parse(String value, char escape) {
    String type = "bind";
    Map<String, Word> options = new LinkedHashMap<>();
    for (String field : fields(value)) {
      int equals = field.indexOf('=');
      String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
      Optional<String> given =
          equals < 0 ? Optional.empty() : Optional.of(field.substring(equals + 1));
      if (key.equals("type")) {
        type = given.orElse("");
      } else {
        put(options, key, given, escape);
      }
    }
    return new RunMount(type(type), options);
  }

  private static void put(
      Map<String, Word> options, String key, Optional<String> given, char escape) {
    String name = ALIASES.getOrDefault(key, key);
    if (name.equals("rw") || name.equals("readwrite")) {
      options.put("readonly", Word.literal(String.valueOf(!isTrue(given.orElse("true")))));
    } else if (NAMES.contains(name)) {
      boolean flag = name.equals("readonly") || name.equals("required");
      if (given.isEmpty() && !flag) {
        throw new IllegalArgumentException("invalid field '" + key + "': must be key=value");
      }
      options.put(name, Word.read(given.orElse("true"), escape).joined());
    } else {
      throw new IllegalArgumentException(
          "unexpected key '" + key + "' in mount" + Suggestion.of(key, NAMES, "; did you mean "));
    }
  }

  private static RunMount.Type type(String name) {
    for (RunMount.Type type : RunMount.Type.values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "unsupported mount type '" + name + "': bind, cache, tmpfs, secret or ssh");
  }

  /** Literal values only: others are checked once they are expanded. */
  static void check(RunMount.Type type, Map<String, Word> options) {
    options.keySet().stream()
        .filter(name -> !NAMES.contains(name))
        .findAny()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException("unexpected key '" + name + "' in mount");
            });
    literal(options, "readonly").ifPresent(MountOptions::checkBoolean);
    literal(options, "required").ifPresent(MountOptions::checkBoolean);
    literal(options, "sharing").ifPresent(MountOptions::checkSharing);
    literal(options, "size").ifPresent(MountOptions::checkSize);
    for (String number : List.of("uid", "gid", "mode")) {
      literal(options, number).ifPresent(value -> checkNumber(number, value));
    }
    literal(options, "target").ifPresent(MountOptions::checkTarget);
    checkFrom(options.get("from"));
    boolean needsTarget = type == RunMount.Type.BIND || type == RunMount.Type.CACHE;
    needsTarget |= type == RunMount.Type.TMPFS;
    if (needsTarget && !options.containsKey("target")) {
      throw new IllegalArgumentException(
          type.name().toLowerCase(Locale.ROOT) + " mount needs a target");
    }
  }

  private static void checkBoolean(String value) {
    boolean unused = isTrue(value);
  }

  private static void checkTarget(String value) {
    if (value.matches("/+\\.?/*")) {
      throw new IllegalArgumentException("invalid mount target '" + value + "'");
    }
  }

  private static void checkFrom(@Nullable Word from) {
    if (from != null && !from.isLiteral()) {
      throw new IllegalArgumentException(
          "variable expansion is not supported for from=" + from + ", define a stage instead");
    }
  }

  private static void checkSharing(String value) {
    if (!List.of("shared", "private", "locked").contains(value.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "unsupported sharing value '" + value + "': shared, private or locked");
    }
  }

  private static void checkSize(String value) {
    if (!value.matches("[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?i?[bB]?)")) {
      throw new IllegalArgumentException("invalid value for size: '" + value + "'");
    }
  }

  private static void checkNumber(String name, String value) {
    if (!value.matches(name.equals("mode") ? "(0o)?[0-7]{1,7}" : "[0-9]{1,10}")) {
      throw new IllegalArgumentException("invalid value '" + value + "' for " + name);
    }
  }

  private static Optional<String> literal(Map<String, Word> options, String name) {
    return Optional.ofNullable(options.get(name)).filter(Word::isLiteral).map(Word::value);
  }

  static boolean isTrue(String value) {
    return switch (value) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw new IllegalArgumentException("invalid value '" + value + "': true or false");
    };
  }

  /** One field of comma-separated values, quoted where it must be. */
  static String field(String text) {
    boolean special = text.indexOf(',') >= 0 || text.indexOf('"') >= 0;
    return special ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }

  private static List<String> fields(String text) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    int at = 0;
    boolean more = true;
    while (more) {
      if (at < text.length() && text.charAt(at) == '"') {
        at = quoted(text, at + 1, field);
      }
      while (at < text.length() && text.charAt(at) != ',') {
        field.append(text.charAt(at++));
      }
      fields.add(field.toString());
      field.setLength(0);
      more = at++ < text.length();
    }
    return fields;
  }

  private static int quoted(String text, int start, StringBuilder field) {
    int at = start;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        field.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        field.append(c);
        at++;
      } else {
        return at;
      }
    }
    throw new IllegalArgumentException("missing closing \" in " + text);
  }
}
