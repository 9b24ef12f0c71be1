package io.jollyboat.dockerfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code SHELL ["word", …]}: what stands before the text of a shell command from here on.
 *
 * @param words at least one
 */
public record Shell(List<String> words, SourceRange range) implements Instruction {

  public Shell {
    words = List.copyOf(words);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("SHELL needs at least one word");
    }
  }

  public static Shell of(String... words) {
    return new Shell(List.of(words), SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "SHELL";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitShell(this);
  }

  @Override
  public Shell expanded(Lookup variables) {
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Shell that && words.equals(that.words);
  }

  @Override
  public int hashCode() {
    return words.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(keyword(), Json.print(words));
  }
}
