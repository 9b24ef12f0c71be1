package io.jollyboat.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * {@code ONBUILD instruction}: kept in the image and run first in what is built on it.
 *
 * @param trigger any instruction but FROM, ONBUILD and MAINTAINER
 */
public record Onbuild(Instruction trigger, SourceRange range) implements Instruction {

  public Onbuild {
    if (trigger instanceof From || trigger instanceof Onbuild || trigger instanceof Maintainer) {
      throw new IllegalArgumentException(
          trigger.keyword() + " isn't allowed as an ONBUILD trigger");
    }
  }

  public static Onbuild of(Instruction trigger) {
    return new Onbuild(trigger, SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "ONBUILD";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitOnbuild(this);
  }

  @Override
  public Onbuild expanded(Lookup variables) {
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Onbuild that && trigger.equals(that.trigger);
  }

  @Override
  public int hashCode() {
    return trigger.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(keyword(), trigger.toString());
  }
}
