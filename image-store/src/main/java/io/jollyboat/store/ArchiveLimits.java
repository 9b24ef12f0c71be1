package io.jollyboat.store;

import java.io.IOException;

/**
 * How much one layer may hold before it is taken for an attack: a gzip stream of one megabyte can
 * stand for a thousand.
 */
final class ArchiveLimits {
  private static final long EXPANDED = 256L << 30;
  private static final long ALWAYS_ALLOWED = 100L << 20;
  private static final long RATIO = 200;
  private static final int ENTRIES = 4_000_000;
  private static final int PATH = 4096;
  private static final int DEPTH = 1000;

  private int entries;
  private long filled;

  /** Counts one more member. */
  void entry(TarHeader header) throws IOException {
    if (++entries > ENTRIES) {
      throw new IOException("the archive has more than " + ENTRIES + " members");
    }
    filled += header.size();
    if (filled > EXPANDED || filled < 0 || header.size() > EXPANDED) {
      throw new IOException("the archive's files have more than " + EXPANDED + " bytes");
    }
  }

  /** Looks at how far compressed bytes have expanded. */
  static void expansion(long compressed, long expanded) throws IOException {
    if (expanded > EXPANDED) {
      throw new IOException("the archive has more than " + EXPANDED + " bytes");
    }
    if (expanded > ALWAYS_ALLOWED && expanded / RATIO > compressed) {
      throw new IOException(
          "the archive expands more than "
              + RATIO
              + " times: "
              + compressed
              + " compressed bytes stand for "
              + expanded);
    }
  }

  static void path(String path) throws IOException {
    if (path.length() > PATH) {
      throw new IOException("a name has more than " + PATH + " characters");
    }
    if (path.chars().filter(c -> c == '/').count() > DEPTH) {
      throw new IOException("a name lies more than " + DEPTH + " directories deep");
    }
  }
}
