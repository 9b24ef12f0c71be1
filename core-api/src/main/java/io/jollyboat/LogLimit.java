package io.jollyboat;

/**
 * How much of a container's output is kept: when a file is full the next one begins, and the oldest
 * beyond their number is deleted. Immutable.
 *
 * @param file size of one file, at least 64 KiB
 * @param files how many, at least 1
 */
public record LogLimit(Size file, int files) {
  private static final long SMALLEST = 64 << 10;

  public LogLimit {
    if (file.bytes() < SMALLEST) {
      throw new IllegalArgumentException("a log file has at least 64 KiB, not " + file);
    }
    if (files < 1) {
      throw new IllegalArgumentException("a log has at least one file, not " + files);
    }
  }
}
