package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code ENV name=value …} or {@code ENV name value}: variables of the image. All words of one line
 * see the environment before the line.
 *
 * @param pairs at least one, in order
 */
public record Env(List<KeyValue> pairs, SourceRange range) implements Instruction {

  public Env {
    pairs = List.copyOf(pairs);
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("ENV needs at least one name=value");
    }
  }

  public static Env of(String name, String value) {
    return of(name, Word.literal(value));
  }

  public static Env of(String name, Word value) {
    return new Env(List.of(KeyValue.literal(name, value)), SourceRange.NONE);
  }

  /** One more in the same instruction. */
  public Env and(String name, String value) {
    return and(name, Word.literal(value));
  }

  /** One more in the same instruction. */
  public Env and(String name, Word value) {
    List<KeyValue> more = new ArrayList<>(pairs);
    more.add(KeyValue.literal(name, value));
    return new Env(more, range);
  }

  @Override
  public String keyword() {
    return "ENV";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitEnv(this);
  }

  @Override
  public Env expanded(Lookup variables) {
    return Expansion.of(this, variables, e -> new Env(e.pairs(pairs), range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Env that && pairs.equals(that.pairs);
  }

  @Override
  public int hashCode() {
    return pairs.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(
        keyword(), pairs.stream().map(KeyValue::toString).collect(Collectors.joining(" ")));
  }
}
