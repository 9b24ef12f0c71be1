package io.jollyboat.engine;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The proxy variables that Docker predefines, in both cases. */
final class Proxies {
  private static final List<String> NAMES =
      List.of("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

  private Proxies() {}

  /** Those of an environment. */
  static Map<String, String> in(Map<String, String> environment) {
    Map<String, String> found = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (NAMES.contains(name.toUpperCase(Locale.ROOT))) {
            found.put(name, value);
          }
        });
    return found;
  }
}
