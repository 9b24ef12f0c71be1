package io.jollyboat.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * {@code WORKDIR path}: the directory of what follows, made when missing; relative to the one
 * before.
 *
 * @param path all of the line, blanks included
 */
public record Workdir(Word path, SourceRange range) implements Instruction {

  public Workdir {
    path = path.joined();
  }

  /** A path, literally. */
  public static Workdir of(String path) {
    return of(Word.literal(path));
  }

  public static Workdir of(Word path) {
    return new Workdir(path, SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "WORKDIR";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitWorkdir(this);
  }

  @Override
  public Workdir expanded(Lookup variables) {
    return Expansion.of(this, variables, e -> new Workdir(e.word(path), range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Workdir that && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(keyword(), path.raw());
  }
}
