package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code LABEL name=value …} or {@code LABEL name value}: facts that the image carries.
 *
 * @param pairs at least one, in order
 */
public record Label(List<KeyValue> pairs, SourceRange range) implements Instruction {

  public Label {
    pairs = List.copyOf(pairs);
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("LABEL needs at least one name=value");
    }
  }

  public static Label of(String name, String value) {
    return of(name, Word.literal(value));
  }

  public static Label of(String name, Word value) {
    return new Label(List.of(KeyValue.literal(name, value)), SourceRange.NONE);
  }

  /** One more in the same instruction. */
  public Label and(String name, String value) {
    return and(name, Word.literal(value));
  }

  /** One more in the same instruction. */
  public Label and(String name, Word value) {
    List<KeyValue> more = new ArrayList<>(pairs);
    more.add(KeyValue.literal(name, value));
    return new Label(more, range);
  }

  @Override
  public String keyword() {
    return "LABEL";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitLabel(this);
  }

  @Override
  public Label expanded(Lookup variables) {
    return Expansion.of(this, variables, e -> new Label(e.pairs(pairs), range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Label that && pairs.equals(that.pairs);
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
