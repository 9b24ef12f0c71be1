package io.jollyboat.registry;

import java.util.Locale;

/** Which names are this machine itself. */
final class Loopback {
  private Loopback() {}

  /**
   * @param host without a port; of an IPv6 address with or without brackets
   */
  static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.matches("127(\\.\\d{1,3}){3}")
        || name.equals("::1")
        || name.equals("[::1]");
  }
}
