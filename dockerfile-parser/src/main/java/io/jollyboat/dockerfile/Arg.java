package io.jollyboat.dockerfile;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code ARG name[=value] …}: variables that the caller of the build may set.
 *
 * @param declarations at least one, in order
 */
public record Arg(List<Declaration> declarations, SourceRange range) implements Instruction {

  /**
   * One of them.
   *
   * @param value what it is when the caller does not say
   */
  public record Declaration(Word name, Optional<Word> value) {
    public Declaration {
      name = name.joined();
      value = value.map(Word::joined);
      KeyValue.checkName(name);
    }

    @Override
    public String toString() {
      return name.rawAsOneWord() + value.map(v -> "=" + v.rawAsOneWord()).orElse("");
    }
  }

  public Arg {
    declarations = List.copyOf(declarations);
    if (declarations.isEmpty()) {
      throw new IllegalArgumentException("ARG needs at least one name");
    }
  }

  public static Arg of(String name) {
    return of(new Declaration(KeyValue.literal(name, Word.literal("")).name(), Optional.empty()));
  }

  public static Arg of(String name, String value) {
    return of(name, Word.literal(value));
  }

  public static Arg of(String name, Word value) {
    KeyValue pair = KeyValue.literal(name, value);
    return of(new Declaration(pair.name(), Optional.of(pair.value())));
  }

  private static Arg of(Declaration declaration) {
    return new Arg(List.of(declaration), SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "ARG";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitArg(this);
  }

  @Override
  public Arg expanded(Lookup variables) {
    return Expansion.of(
        this,
        variables,
        expansion ->
            new Arg(
                declarations.stream()
                    .map(d -> new Declaration(expansion.word(d.name()), expansion.word(d.value())))
                    .toList(),
                range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Arg that && declarations.equals(that.declarations);
  }

  @Override
  public int hashCode() {
    return declarations.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(
        keyword(),
        declarations.stream().map(Declaration::toString).collect(Collectors.joining(" ")));
  }
}
