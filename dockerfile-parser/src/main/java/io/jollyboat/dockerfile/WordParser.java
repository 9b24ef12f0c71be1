package io.jollyboat.dockerfile;

import io.jollyboat.dockerfile.WordPart.Blank;
import io.jollyboat.dockerfile.WordPart.Literal;
import io.jollyboat.dockerfile.WordPart.Variable;
import java.util.ArrayList;
import java.util.List;

/** Reads the text of one word into parts, by the rules of BuildKit's shell lexer. */
final class WordParser {
  private static final int NONE = -1;
  private static final int DEEPEST = 100;

  private final String text;
  private final char escape;
  private final boolean quotes;
  private int at;
  private int depth;

  private WordParser(String text, char escape, boolean quotes) {
    this.text = text;
    this.escape = escape;
    this.quotes = quotes;
  }

  static List<WordPart> parse(String text, char escape) {
    return new WordParser(text, escape, true).parts(NONE, false);
  }

  /** A heredoc's body: variables and backslashes as in a word, but quotes are text. */
  static List<WordPart> parseBody(String text) {
    return new WordParser(text, '\\', false).parts(NONE, false);
  }

  /** Finds what {@link #parseBody} would refuse. */
  static void checkBody(String text) {
    List<WordPart> unused = parseBody(text);
  }

  /** Whether every quote and brace of a text is closed. */
  static boolean isClosed(String text) {
    try {
      List<WordPart> unused = parse(text, '\\');
      return true;
    } catch (WordSyntaxException e) {
      return false;
    }
  }

  /**
   * Up to {@code stop}, which is consumed. In a pattern, {@code rawEscapes} keeps the backslashes.
   */
  private List<WordPart> parts(int stop, boolean rawEscapes) {
    int start = at;
    Parts parts = new Parts(stop == NONE && quotes);
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == stop) {
        return parts.finished();
      } else if (c == '$') {
        parts.add(dollar(false));
      } else if (c == '\'' && quotes) {
        parts.text(singleQuoted());
      } else if (c == '"' && quotes) {
        doubleQuoted(parts, rawEscapes);
      } else if (c == escape) {
        escaped(parts, rawEscapes);
      } else {
        parts.unquoted(c);
      }
    }
    if (stop != NONE) {
      throw new WordSyntaxException("missing '" + (char) stop + "'", Math.max(0, start - 1));
    }
    return parts.finished();
  }

  private void escaped(Parts parts, boolean rawEscapes) {
    if (rawEscapes) {
      parts.text("\\");
    }
    if (at < text.length()) {
      parts.text(String.valueOf(text.charAt(at++)));
    }
  }

  private String singleQuoted() {
    int end = text.indexOf('\'', at);
    if (end < 0) {
      throw new WordSyntaxException("missing closing '", at - 1);
    }
    String content = text.substring(at, end);
    at = end + 1;
    return content;
  }

  private void doubleQuoted(Parts parts, boolean rawEscapes) {
    int start = at - 1;
    parts.text("");
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return;
      } else if (c == '$') {
        parts.add(dollar(depth == 0));
      } else if (c == escape) {
        escapedInQuotes(parts, rawEscapes);
      } else {
        parts.text(c);
      }
    }
    throw new WordSyntaxException("missing closing \"", start);
  }

  /** Only {@code "}, {@code $} and the escape character itself can be escaped here. */
  private void escapedInQuotes(Parts parts, boolean rawEscapes) {
    if (at >= text.length()) {
      return;
    }
    char next = text.charAt(at);
    boolean special = next == '"' || next == '$' || next == escape;
    if (rawEscapes || !special) {
      parts.text(rawEscapes ? '\\' : escape);
    }
    if (special) {
      parts.text(next);
      at++;
    }
  }

  private WordPart dollar(boolean quoted) {
    int start = at - 1;
    if (at < text.length() && text.charAt(at) == '{') {
      at++;
      return braced(start, quoted);
    }
    String name = name();
    return name.isEmpty() ? new Literal("$") : simple(name, quoted);
  }

  private WordPart braced(int start, boolean quoted) {
    if (at >= text.length()) {
      throw new WordSyntaxException("missing '}'", start);
    }
    if ("{}:".indexOf(text.charAt(at)) >= 0) {
      throw new WordSyntaxException("bad substitution: a name must follow ${", start);
    }
    String name = name();
    if (at >= text.length()) {
      throw new WordSyntaxException("missing '}'", start);
    }
    char c = text.charAt(at++);
    if (c == '}') {
      return simple(name, quoted);
    }
    if (++depth > DEEPEST) {
      throw new WordSyntaxException("substitutions nested more than " + DEEPEST + " deep", start);
    }
    Variable variable = modified(name, quoted, c, start);
    depth--;
    return variable;
  }

  private Variable modified(String name, boolean quoted, char first, int start) {
    String operator = operator(name, first, start);
    if (operator.charAt(0) == '/') {
      List<WordPart> pattern = parts('/', true);
      return new Variable(name, quoted, operator, pattern, parts('}', true));
    }
    boolean pattern = operator.charAt(0) == '#' || operator.charAt(0) == '%';
    try {
      return new Variable(name, quoted, operator, parts('}', pattern), List.of());
    } catch (WordSyntaxException e) {
      throw at >= text.length() ? new WordSyntaxException("missing '}'", start) : e;
    }
  }

  private String operator(String name, char first, int start) {
    if (!name.isEmpty() && "-+?".indexOf(first) >= 0) {
      return String.valueOf(first);
    }
    if (!name.isEmpty() && "#%/".indexOf(first) >= 0) {
      boolean twice = at < text.length() && text.charAt(at) == first;
      at += twice ? 1 : 0;
      return String.valueOf(first).repeat(twice ? 2 : 1);
    }
    if (!name.isEmpty() && first == ':' && at < text.length()) {
      char second = text.charAt(at++);
      if ("-+?".indexOf(second) >= 0) {
        return ":" + second;
      }
    }
    String found = text.substring(start + 2 + name.length(), Math.min(at, text.length()));
    throw new WordSyntaxException("unsupported modifier '" + found + "' in substitution", start);
  }

  /** Letters, digits and {@code _}; or only digits; or one special parameter. */
  private String name() {
    int start = at;
    if (at < text.length() && isDigit(text.charAt(at))) {
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
    } else if (at < text.length() && "@*#?-$!".indexOf(text.charAt(at)) >= 0) {
      at++;
    } else {
      while (at < text.length() && isNamePart(text.codePointAt(at))) {
        at += Character.charCount(text.codePointAt(at));
      }
    }
    return text.substring(start, at);
  }

  private static Variable simple(String name, boolean quoted) {
    return new Variable(name, quoted, "", List.of(), List.of());
  }

  private static boolean isDigit(char c) {
    return Character.isDigit(c);
  }

  static boolean isNamePart(int c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  /** Collects parts and merges neighbours of a kind. */
  private static final class Parts {
    private final boolean splits;
    private final List<WordPart> parts = new ArrayList<>();
    private final StringBuilder pending = new StringBuilder();
    private boolean blank;

    Parts(boolean splits) {
      this.splits = splits;
    }

    void unquoted(char c) {
      append(String.valueOf(c), splits && Blanks.isBlank(c));
    }

    void text(char c) {
      append(String.valueOf(c), false);
    }

    void text(String literal) {
      append(literal, false);
    }

    void add(WordPart part) {
      if (part instanceof Literal literal) {
        text(literal.text());
      } else {
        flush();
        parts.add(part);
      }
    }

    List<WordPart> finished() {
      flush();
      return List.copyOf(parts);
    }

    private void append(String text, boolean asBlank) {
      if (asBlank != blank) {
        flush();
        blank = asBlank;
      }
      pending.append(text);
    }

    private void flush() {
      if (pending.length() > 0) {
        String text = pending.toString();
        parts.add(blank ? new Blank(text) : new Literal(text));
        pending.setLength(0);
      }
    }
  }
}
