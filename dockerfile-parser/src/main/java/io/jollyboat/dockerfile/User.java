package io.jollyboat.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * {@code USER user[:group]}: whom what follows runs as.
 *
 * @param user all of the line, blanks included
 */
public record User(Word user, SourceRange range) implements Instruction {

  public User {
    user = user.joined();
  }

  /** Names or numbers, literally. */
  public static User of(String user) {
    return of(Word.literal(user));
  }

  public static User of(Word user) {
    return new User(user, SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "USER";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitUser(this);
  }

  @Override
  public User expanded(Lookup variables) {
    return Expansion.of(this, variables, e -> new User(e.word(user), range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof User that && user.equals(that.user);
  }

  @Override
  public int hashCode() {
    return user.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(keyword(), user.raw());
  }
}
