package io.jollyboat.dockerfile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * One line of a {@code .dockerignore}, as moby's patternmatcher reads it: {@code *} and {@code ?}
 * stop at slashes, {@code **} does not, {@code [a-z]} is one character of a set.
 */
final class IgnorePattern {
  /** One thing that a pattern asks for; a state of the matcher stands before it. */
  private sealed interface Token {
    record Char(int c) implements Token {}

    record One() implements Token {}

    record Star() implements Token {}

    /** Any text at all. */
    record Rest() implements Token {}

    /** The beginning of {@link InDirectories}: both may be left out. */
    record Directories() implements Token {}

    /** Any text that ends in a slash. */
    record InDirectories() implements Token {}

    record OneOf(boolean negated, List<int[]> ranges) implements Token {
      boolean matches(int c) {
        return ranges.stream().anyMatch(r -> r[0] <= c && c <= r[1]) != negated;
      }
    }
  }

  private final List<Token> tokens;
  private final boolean exception;

  private IgnorePattern(List<Token> tokens, boolean exception) {
    this.tokens = tokens;
    this.exception = exception;
  }

  /**
   * A line without blanks around it.
   *
   * @throws IllegalArgumentException it is no pattern
   */
  static IgnorePattern ofLine(String line) {
    boolean exception = line.startsWith("!");
    String pattern = exception ? Blanks.trim(line.substring(1)) : line;
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException("illegal exclusion pattern: a pattern must follow !");
    }
    String clean = clean(pattern);
    String relative = clean.length() > 1 && clean.startsWith("/") ? clean.substring(1) : clean;
    return new IgnorePattern(new Reader(relative).tokens(), exception);
  }

  boolean isException() {
    return exception;
  }

  /** Whether it matches the path or a directory above it. */
  boolean matchesOrContains(String path) {
    BitSet states = start();
    for (int at = 0; at < path.length() && !states.isEmpty(); ) {
      int c = path.codePointAt(at);
      if (c == '/' && at > 0 && states.get(tokens.size())) {
        return true;
      }
      states = step(states, c);
      at += Character.charCount(c);
    }
    return states.get(tokens.size());
  }

  /** Whether it may match something below a directory that it does not match itself. */
  boolean mayMatchBelow(String directory) {
    BitSet states = start();
    String path = directory.endsWith("/") ? directory : directory + "/";
    for (int at = 0; at < path.length() && !states.isEmpty(); ) {
      int c = path.codePointAt(at);
      states = step(states, c);
      at += Character.charCount(c);
    }
    return !states.isEmpty();
  }

  private BitSet start() {
    BitSet states = new BitSet();
    enter(states, 0);
    return states;
  }

  private BitSet step(BitSet states, int c) {
    BitSet next = new BitSet();
    for (int s = states.nextSetBit(0); s >= 0 && s < tokens.size(); s = states.nextSetBit(s + 1)) {
      Token token = tokens.get(s);
      if (token instanceof Token.Rest || token instanceof Token.InDirectories) {
        enter(next, s);
      }
      if (token instanceof Token.Star && c != '/') {
        enter(next, s);
      }
      if (consumes(token, c)) {
        enter(next, s + 1);
      }
    }
    return next;
  }

  private static boolean consumes(Token token, int c) {
    if (token instanceof Token.Char one) {
      return one.c() == c;
    }
    if (token instanceof Token.OneOf set) {
      return set.matches(c);
    }
    return token instanceof Token.One ? c != '/' : token instanceof Token.InDirectories && c == '/';
  }

  /** A state, and those behind what may match nothing. */
  private void enter(BitSet states, int state) {
    states.set(state);
    if (state < tokens.size()) {
      Token token = tokens.get(state);
      if (token instanceof Token.Star || token instanceof Token.Rest) {
        enterOnce(states, state + 1);
      } else if (token instanceof Token.Directories) {
        enterOnce(states, state + 1);
        enterOnce(states, state + 2);
      }
    }
  }

  private void enterOnce(BitSet states, int state) {
    if (!states.get(state)) {
      enter(states, state);
    }
  }

  /** Without empty and {@code .} elements; {@code ..} takes away the one before it. */
  private static String clean(String path) {
    Deque<String> elements = new ArrayDeque<>();
    boolean absolute = path.startsWith("/");
    for (String element : path.split("/")) {
      if (element.equals("..") && !elements.isEmpty() && !elements.getLast().equals("..")) {
        elements.removeLast();
      } else if (!element.isEmpty()
          && !element.equals(".")
          && !(absolute && element.equals(".."))) {
        elements.addLast(element);
      }
    }
    String joined = String.join("/", elements);
    return absolute ? "/" + joined : joined.isEmpty() ? "." : joined;
  }

  /** Reads a clean pattern. */
  private static final class Reader {
    private final String pattern;
    private final int[] text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    Reader(String pattern) {
      this.pattern = pattern;
      this.text = pattern.codePoints().toArray();
    }

    List<Token> tokens() {
      while (at < text.length) {
        int c = text[at++];
        switch (c) {
          case '*' -> star();
          case '?' -> tokens.add(new Token.One());
          case '[' -> tokens.add(set());
          case '\\' -> tokens.add(new Token.Char(escaped()));
          default -> tokens.add(new Token.Char(c));
        }
      }
      return List.copyOf(tokens);
    }

    private void star() {
      if (!nextIs('*')) {
        tokens.add(new Token.Star());
        return;
      }
      at++;
      boolean slash = nextIs('/');
      at += slash ? 1 : 0;
      if (at >= text.length || (tokens.isEmpty() && !slash && restIsPlain())) {
        tokens.add(new Token.Rest());
      } else {
        tokens.add(new Token.Directories());
        tokens.add(new Token.InDirectories());
      }
    }

    private boolean restIsPlain() {
      return pattern.substring(pattern.offsetByCodePoints(0, at)).matches("[^*?\\[\\]\\\\]*");
    }

    private boolean nextIs(char c) {
      return at < text.length && text[at] == c;
    }

    private int escaped() {
      if (at >= text.length) {
        throw malformed("a backslash at the end");
      }
      return text[at++];
    }

    private Token set() {
      boolean negated = nextIs('^');
      at += negated ? 1 : 0;
      List<int[]> ranges = new ArrayList<>();
      while (!nextIs(']') || ranges.isEmpty()) {
        int low = member();
        int high = low;
        if (nextIs('-')) {
          at++;
          high = member();
        }
        if (high < low) {
          throw malformed("a range that ends before it begins");
        }
        ranges.add(new int[] {low, high});
      }
      at++;
      return new Token.OneOf(negated, ranges);
    }

    private int member() {
      if (at >= text.length || text[at] == '-' || text[at] == ']') {
        throw malformed("[ without what it stands for and its ]");
      }
      int c = text[at++];
      return c == '\\' ? escaped() : c;
    }

    private IllegalArgumentException malformed(String why) {
      return new IllegalArgumentException("syntax error in pattern " + pattern + ": " + why);
    }
  }
}
