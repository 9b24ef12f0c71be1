package io.jollyboat;

/**
 * A path that differs from the image's. Immutable.
 *
 * @param path absolute
 */
public record FileChange(Kind kind, String path) {
  /** Docker's letters are A, C and D. */
  public enum Kind {
    ADDED,
    CHANGED,
    DELETED
  }

  @Override
  public String toString() {
    return kind.name().charAt(0) + " " + path;
  }
}
