package io.jollyboat.linux.network;

import java.util.Optional;

/**
 * The names of what an engine leaves on the host, all made from the first eight digits of its id,
 * so that another engine can tell whose they are.
 */
final class BridgeNames {

  /** With it begin the names of all bridges of all engines. */
  static final String PREFIX = "jb-";

  private static final String TABLE_PREFIX = "jollyboat-";
  private static final int DIGITS = 8;

  private BridgeNames() {}

  /**
   * The part of an engine's id that names are made of.
   *
   * @throws IllegalArgumentException if the id does not begin with eight lower-case hex digits
   */
  static String key(String engineId) {
    if (!engineId.matches("[0-9a-f]{8,}")) {
      throw new IllegalArgumentException("not an engine id in hex digits: " + engineId);
    }
    return engineId.substring(0, DIGITS);
  }

  static String bridge(String key) {
    return PREFIX + key;
  }

  static String table(String key) {
    return TABLE_PREFIX + key;
  }

  /** The host's end of the cable to the container with the {@code index}th address. */
  static String port(String key, int index) {
    return "jb" + key + "-" + Integer.toHexString(index);
  }

  /** The link through which goes what that container sends, where it is limited. */
  static String shaper(String key, int index) {
    return "js" + key + "-" + Integer.toHexString(index);
  }

  /** The key of the engine that has the bridge, port or table {@code name}. */
  static Optional<String> owner(String name) {
    for (String prefix : new String[] {TABLE_PREFIX, PREFIX, "jb", "js"}) {
      String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
      if (rest.matches("[0-9a-f]{8}(-[0-9a-f]+)?")) {
        return Optional.of(rest.substring(0, DIGITS));
      }
    }
    return Optional.empty();
  }
}
