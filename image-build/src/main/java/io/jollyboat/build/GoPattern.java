package io.jollyboat.build;

/**
 * The wildcards of COPY and ADD, those of Go's {@code filepath.Match} within one path element:
 * {@code *}, {@code ?}, {@code [a-z]}, {@code [^a-z]} and the backslash. Immutable.
 */
final class GoPattern {
  private final String pattern;

  private GoPattern(String pattern) {
    this.pattern = pattern;
  }

  /**
   * @throws IllegalArgumentException an unclosed bracket, an empty class, a lone backslash
   */
  static GoPattern of(String element) {
    GoPattern pattern = new GoPattern(element);
    pattern.check();
    return pattern;
  }

  /** Whether a path has any character that is special. */
  static boolean isPattern(String path) {
    return path.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '\\');
  }

  boolean matches(String name) {
    return matches(0, name, 0);
  }

  private void check() {
    int at = 0;
    while (at < pattern.length()) {
      at = tokenEnd(at);
    }
  }

  /** A star gives way one character at a time; only the last star needs to be tried again. */
  private boolean matches(int fromPattern, String name, int fromName) {
    int p = fromPattern;
    int n = fromName;
    int starPattern = -1;
    int starName = -1;
    while (n < name.length() || p < pattern.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        starPattern = ++p;
        starName = n;
      } else if (p < pattern.length() && n < name.length() && one(p, name.codePointAt(n))) {
        p = tokenEnd(p);
        n += Character.charCount(name.codePointAt(n));
      } else if (starPattern >= 0 && starName < name.length()) {
        starName += Character.charCount(name.codePointAt(starName));
        p = starPattern;
        n = starName;
      } else {
        return false;
      }
    }
    return true;
  }

  private boolean one(int at, int c) {
    return switch (pattern.charAt(at)) {
      case '?' -> true;
      case '[' -> inClass(at, c);
      case '\\' -> pattern.codePointAt(at + 1) == c;
      default -> pattern.codePointAt(at) == c;
    };
  }

  private boolean inClass(int start, int c) {
    int end = tokenEnd(start) - 1;
    int at = start + 1;
    boolean negated = pattern.charAt(at) == '^';
    at += negated ? 1 : 0;
    boolean found = false;
    while (at < end) {
      at += pattern.charAt(at) == '\\' ? 1 : 0;
      int low = pattern.codePointAt(at);
      at += Character.charCount(low);
      int high = low;
      if (at < end && pattern.charAt(at) == '-') {
        at += pattern.charAt(at + 1) == '\\' ? 2 : 1;
        high = pattern.codePointAt(at);
        at += Character.charCount(high);
      }
      found |= low <= c && c <= high;
    }
    return found != negated;
  }

  private int tokenEnd(int at) {
    return switch (pattern.charAt(at)) {
      case '[' -> classEnd(at);
      case '\\' -> afterEscaped(at);
      default -> at + Character.charCount(pattern.codePointAt(at));
    };
  }

  private int afterEscaped(int at) {
    if (at + 1 >= pattern.length()) {
      throw malformed("a backslash at its end");
    }
    return at + 1 + Character.charCount(pattern.codePointAt(at + 1));
  }

  private int classEnd(int start) {
    int at = start + 1;
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      at++;
    }
    int first = at;
    while (at < pattern.length() && (pattern.charAt(at) != ']' || at == first)) {
      if (pattern.charAt(at) == '-' || (at == first && pattern.charAt(at) == ']')) {
        throw malformed("an empty or open range in [ ]");
      }
      at = pattern.charAt(at) == '\\' ? afterEscaped(at) : at + 1;
      if (at < pattern.length() && pattern.charAt(at) == '-') {
        at = rangeEnd(at);
      }
    }
    if (at >= pattern.length()) {
      throw malformed("a [ without its ]");
    }
    return at + 1;
  }

  private int rangeEnd(int dash) {
    int high = dash + 1;
    if (high >= pattern.length() || pattern.charAt(high) == ']' || pattern.charAt(high) == '-') {
      throw malformed("an open range in [ ]");
    }
    return pattern.charAt(high) == '\\' ? afterEscaped(high) : high + 1;
  }

  private IllegalArgumentException malformed(String why) {
    return new IllegalArgumentException("the pattern \"" + pattern + "\" has " + why);
  }

  @Override
  public String toString() {
    return pattern;
  }
}
