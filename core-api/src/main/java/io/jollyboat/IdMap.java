package io.jollyboat;

/**
 * A run of ids of a user namespace and what they are on this machine. Immutable.
 *
 * @param inside the first id in the container
 * @param outside the first id on this machine
 * @param count how many, at least 1
 */
public record IdMap(long inside, long outside, long count) {
  private static final long IDS = 1L << 32;

  public IdMap {
    if (inside < 0 || outside < 0 || count < 1 || inside + count > IDS || outside + count > IDS) {
      throw new IllegalArgumentException(
          "ids are numbers from 0 to 4294967295: not " + inside + " " + outside + " " + count);
    }
  }
}
