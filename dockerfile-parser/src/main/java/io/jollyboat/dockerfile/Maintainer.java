package io.jollyboat.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * {@code MAINTAINER name}: the image's author; deprecated in favour of a label.
 *
 * @param name all of the line
 */
public record Maintainer(String name, SourceRange range) implements Instruction {

  public Maintainer {
    name = Blanks.trim(name);
  }

  public static Maintainer of(String name) {
    return new Maintainer(name, SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "MAINTAINER";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitMaintainer(this);
  }

  @Override
  public Maintainer expanded(Lookup variables) {
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Maintainer that && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(keyword(), name);
  }
}
