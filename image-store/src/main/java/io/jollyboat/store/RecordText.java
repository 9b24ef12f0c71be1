package io.jollyboat.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The form of the store's small files: lines of a key, a blank and a value, in which a line feed is
 * {@code \n} and a backslash {@code \\}. Keys may repeat, and unknown ones are kept. Not safe for
 * use by several threads.
 */
final class RecordText {
  private final List<String[]> lines = new ArrayList<>();

  static RecordText parse(byte[] content) {
    RecordText record = new RecordText();
    new String(content, StandardCharsets.UTF_8)
        .lines()
        .forEach(
            line -> {
              int blank = line.indexOf(' ');
              if (blank > 0) {
                record.add(line.substring(0, blank), unescape(line.substring(blank + 1)));
              }
            });
    return record;
  }

  RecordText add(String key, String value) {
    lines.add(new String[] {key, value});
    return this;
  }

  RecordText add(String key, Optional<?> value) {
    return value.isPresent() ? add(key, value.get().toString()) : this;
  }

  Optional<String> first(String key) {
    return all(key).stream().findFirst();
  }

  /** The value of a key that must be there. */
  String required(String key) {
    return first(key)
        .orElseThrow(() -> new IllegalArgumentException("a line \"" + key + "\" is missing"));
  }

  List<String> all(String key) {
    return lines.stream().filter(line -> line[0].equals(key)).map(line -> line[1]).toList();
  }

  byte[] bytes() {
    StringBuilder text = new StringBuilder();
    for (String[] line : lines) {
      text.append(line[0]).append(' ').append(escape(line[1])).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String unescape(String value) {
    if (value.indexOf('\\') < 0) {
      return value;
    }
    StringBuilder text = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length()) {
        char next = value.charAt(++i);
        text.append(next == 'n' ? '\n' : next == 'r' ? '\r' : next);
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
