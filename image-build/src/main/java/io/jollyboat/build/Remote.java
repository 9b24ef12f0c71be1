package io.jollyboat.build;

import java.util.Locale;

/** Sources of ADD that are not in the build context. */
final class Remote {
  private Remote() {}

  static boolean isAddress(String source) {
    String lower = source.toLowerCase(Locale.ROOT);
    return lower.startsWith("http://") || lower.startsWith("https://") || GitAddress.isOne(source);
  }

  /**
   * Makes sure that an address is a source of ADD.
   *
   * @throws IllegalArgumentException it is one of COPY
   */
  static void check(String address, boolean ofAdd) {
    if (!ofAdd) {
      throw new IllegalArgumentException(
          address + " is an address: COPY takes files only, use ADD");
    }
  }
}
