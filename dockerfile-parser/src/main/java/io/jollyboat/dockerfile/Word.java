package io.jollyboat.dockerfile;

import io.jollyboat.dockerfile.WordPart.Blank;
import io.jollyboat.dockerfile.WordPart.Literal;
import io.jollyboat.dockerfile.WordPart.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A word of the language: text with quotes, backslashes and variables, {@code /opt/bin:$PATH}.
 *
 * <p>Two words are equal when they mean the same: {@code "a"} and {@code a}, {@code $x} and {@code
 * ${x}}. A word is always held with the backslash as its escape character; one from a Dockerfile
 * with {@code # escape=`} is rewritten. Modifiers: {@code - :- + :+ ? :? # ## % %% / //}.
 */
public final class Word {
  private final String raw;
  private final List<WordPart> parts;

  private Word(String raw, List<WordPart> parts) {
    this.raw = raw;
    this.parts = parts;
  }

  /**
   * Text of the language.
   *
   * @throws DockerfileSyntaxException an unclosed quote or brace, or an unknown modifier
   */
  public static Word of(String text) {
    return of(text, '\\');
  }

  /** Text of a Dockerfile whose escape character is this one, a backslash or a backtick. */
  public static Word of(String text, char escape) {
    try {
      return read(text, escape);
    } catch (WordSyntaxException e) {
      SourceRange at = new SourceRange("", 0, e.offset() + 1, 0);
      throw new DockerfileSyntaxException(e.problem(), at, text, "");
    }
  }

  /** Text that means itself: no variable, no quote, no backslash is special. */
  public static Word literal(String text) {
    return text.isEmpty() ? new Word("\"\"", List.of()) : ofParts(List.of(new Literal(text)));
  }

  static Word read(String text, char escape) {
    List<WordPart> parts = WordParser.parse(text, escape);
    boolean keep = escape == '\\' || (text.indexOf(escape) < 0 && text.indexOf('\\') < 0);
    return keep && isClean(text) ? new Word(text, parts) : ofParts(parts);
  }

  private static Word ofParts(List<WordPart> parts) {
    return new Word(WordPrinter.print(parts), parts);
  }

  /** Neither blank at an end nor a continuation nor a line break. */
  private static boolean isClean(String text) {
    return text.isEmpty()
        || (!text.endsWith("\\")
            && !Blanks.isBlank(text.charAt(0))
            && !Blanks.isBlank(text.charAt(text.length() - 1))
            && text.indexOf('\n') < 0
            && text.indexOf('\r') < 0);
  }

  /** As text of the language. */
  public String raw() {
    return raw;
  }

  /**
   * The value.
   *
   * @throws DockerfileSyntaxException where {@code ${x?message}} finds x unset, or a pattern is
   *     wrong
   */
  public String expand(Lookup variables) {
    return located(() -> expanded(variables));
  }

  /** The value split at unquoted white space, as EXPOSE does; never an empty word. */
  public List<String> expandWords(Lookup variables) {
    return located(() -> new WordExpander(variables).words(parts));
  }

  /** The names of the variables that it may read, in order. */
  public Set<String> variables() {
    Set<String> names = new LinkedHashSet<>();
    WordExpander.collectNames(parts, names);
    return Collections.unmodifiableSet(names);
  }

  public boolean isLiteral() {
    return parts.stream().noneMatch(Variable.class::isInstance);
  }

  /**
   * The text that a literal word means.
   *
   * @throws IllegalStateException the word reads a variable: expand it first
   */
  public String value() {
    if (!isLiteral()) {
      throw new IllegalStateException(raw + " reads " + variables() + ": expand it first");
    }
    return new WordExpander(Word::unset).text(parts);
  }

  List<WordPart> parts() {
    return parts;
  }

  String expanded(Lookup variables) {
    return new WordExpander(variables).text(parts);
  }

  List<String> expandedWords(Lookup variables) {
    return new WordExpander(variables).words(parts);
  }

  /**
   * The same word where it is never split: blanks are text, and quotes around variables are void.
   */
  Word joined() {
    if (parts.stream()
        .allMatch(p -> p instanceof Literal || (p instanceof Variable v && v.quoted()))) {
      return this;
    }
    List<WordPart> joined = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean blanks = false;
    for (WordPart part : parts) {
      if (part instanceof Variable variable) {
        flush(text, joined);
        joined.add(variable.inQuotes());
      } else {
        blanks |= part instanceof Blank;
        text.append(part instanceof Blank b ? b.text() : ((Literal) part).text());
      }
    }
    flush(text, joined);
    return blanks ? ofParts(List.copyOf(joined)) : new Word(raw, List.copyOf(joined));
  }

  /** As text that is one word however it is written: no unquoted blank in it. */
  String rawAsOneWord() {
    return NameValues.isOneWord(raw) ? raw : WordPrinter.print(joined().parts);
  }

  /** As text where blanks need no quotes: in JSON, and in a flag that is quoted itself. */
  String rawInQuotes() {
    boolean plain =
        isLiteral()
            && !value().isEmpty()
            && value().chars().noneMatch(c -> "\\\"'$".indexOf(c) >= 0);
    return plain && isClean(value()) ? value() : raw;
  }

  private static void flush(StringBuilder text, List<WordPart> parts) {
    if (text.length() > 0) {
      parts.add(new Literal(text.toString()));
      text.setLength(0);
    }
  }

  private <T> T located(Supplier<T> expansion) {
    try {
      return expansion.get();
    } catch (WordSyntaxException e) {
      throw new DockerfileSyntaxException(e.problem(), SourceRange.NONE, raw, "");
    }
  }

  private static @Nullable String unset(String name) {
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Word that && parts.equals(that.parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode();
  }

  /** {@link #raw()}. */
  @Override
  public String toString() {
    return raw;
  }
}
