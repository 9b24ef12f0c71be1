package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** The JSON form of an instruction: an array of strings. */
final class Json {
  private static final int DEEPEST = 500;

  private final String text;
  private final List<String> strings = new ArrayList<>();
  private int at;
  private int depth;
  private boolean onlyStrings = true;

  private Json(String text) {
    this.text = text;
  }

  /**
   * What a text is as JSON.
   *
   * @param isJson a complete array of anything
   * @param onlyStrings all its elements are strings
   * @param strings those that are
   */
  record Result(boolean isJson, boolean onlyStrings, List<String> strings) {}

  static Result strings(String text) {
    Json json = new Json(text);
    boolean isJson = json.array(true) && json.atEnd();
    return new Result(isJson, json.onlyStrings, List.copyOf(json.strings));
  }

  static String print(List<String> words) {
    StringBuilder out = new StringBuilder("[");
    for (String word : words) {
      out.append(out.length() > 1 ? ", " : "");
      print(word, out);
    }
    return out.append(']').toString();
  }

  private static void print(String word, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7F) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean atEnd() {
    skipBlanks();
    return at == text.length();
  }

  private boolean accept(char c) {
    skipBlanks();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private boolean array(boolean outermost) {
    if (!accept('[') || ++depth > DEEPEST) {
      return false;
    }
    if (accept(']')) {
      depth--;
      return true;
    }
    do {
      skipBlanks();
      if (outermost && at < text.length() && text.charAt(at) != '"') {
        onlyStrings = false;
      }
      StringBuilder string = new StringBuilder();
      if (!value(string)) {
        return false;
      }
      if (outermost) {
        strings.add(string.toString());
      }
    } while (accept(','));
    depth--;
    return accept(']');
  }

  private boolean object() {
    if (!accept('{') || ++depth > DEEPEST) {
      return false;
    }
    if (accept('}')) {
      depth--;
      return true;
    }
    do {
      skipBlanks();
      if (!string(new StringBuilder()) || !accept(':') || !value(new StringBuilder())) {
        return false;
      }
    } while (accept(','));
    depth--;
    return accept('}');
  }

  private boolean value(StringBuilder string) {
    skipBlanks();
    if (at >= text.length()) {
      return false;
    }
    return switch (text.charAt(at)) {
      case '"' -> string(string);
      case '[' -> array(false);
      case '{' -> object();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
  }

  private boolean word(String word) {
    boolean there = text.startsWith(word, at);
    at += there ? word.length() : 0;
    return there;
  }

  private boolean number() {
    int start = at;
    if (text.charAt(at) == '-') {
      at++;
    }
    boolean leadingZero = at < text.length() && text.charAt(at) == '0';
    int digits = digits();
    if (digits == 0 || (leadingZero && digits > 1)) {
      return false;
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      if (digits() == 0) {
        return false;
      }
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && "+-".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return digits() > 0;
    }
    return at > start;
  }

  private int digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - start;
  }

  private boolean string(StringBuilder string) {
    if (at >= text.length() || text.charAt(at) != '"') {
      return false;
    }
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return true;
      } else if (c < ' ') {
        return false;
      } else if (c != '\\') {
        string.append(c);
      } else if (!escape(string)) {
        return false;
      }
    }
    return false;
  }

  private boolean escape(StringBuilder string) {
    if (at >= text.length()) {
      return false;
    }
    char c = text.charAt(at++);
    int simple = "\"\\/bfnrt".indexOf(c);
    if (simple >= 0) {
      string.append("\"\\/\b\f\n\r\t".charAt(simple));
      return true;
    }
    if (c != 'u' || at + 4 > text.length()) {
      return false;
    }
    int code = 0;
    for (int end = at + 4; at < end; at++) {
      int digit = Character.digit(text.charAt(at), 16);
      if (digit < 0 || text.charAt(at) > 127) {
        return false;
      }
      code = code * 16 + digit;
    }
    string.append((char) code);
    return true;
  }
}
