package io.jollyboat.linux.userns;

/**
 * Consecutive ids, one line of {@code uid_map} in user_namespaces(7).
 *
 * @param inside the first in the namespace
 * @param outside what that is here
 * @param count how many
 */
public record IdRange(long inside, long outside, long count) {
  private static final long ALL = 1L << 32;

  public IdRange {
    if (inside < 0 || outside < 0 || count < 1 || inside + count > ALL || outside + count > ALL) {
      throw new IllegalArgumentException(
          "ids lie between 0 and 2^32: " + inside + " " + outside + " " + count);
    }
  }

  boolean holdsInside(long id) {
    return id >= inside && id - inside < count;
  }

  boolean holdsOutside(long id) {
    return id >= outside && id - outside < count;
  }

  String line() {
    return inside + " " + outside + " " + count;
  }
}
