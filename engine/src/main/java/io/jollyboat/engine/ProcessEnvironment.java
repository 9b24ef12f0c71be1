package io.jollyboat.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The environment of a process in a container: what Docker sets, the engine's certificates and
 * proxies, the image's, then the container's own; later ones win. Immutable.
 */
final class ProcessEnvironment {
  static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** Where Debian and Alpine keep the bundle, and where the engine binds its own. */
  static final String CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

  private static final List<String> CA_VARIABLES =
      List.of(
          "SSL_CERT_FILE",
          "CURL_CA_BUNDLE",
          "GIT_SSL_CAINFO",
          "NODE_EXTRA_CA_CERTS",
          "npm_config_cafile");

  private final Optional<Path> trust;
  private final Map<String, String> proxies;

  ProcessEnvironment(Optional<Path> trust, Map<String, String> proxies) {
    this.trust = trust;
    this.proxies = Map.copyOf(proxies);
  }

  /** The bundle to bind at {@link #CA_BUNDLE}. */
  Optional<Path> trust() {
    return trust;
  }

  /** {@code NAME=value} each. */
  List<String> of(
      String home,
      String hostname,
      boolean terminal,
      Map<String, String> image,
      Map<String, String> own) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("PATH", PATH);
    all.put("HOSTNAME", hostname);
    if (terminal) {
      all.put("TERM", "xterm");
    }
    all.put("HOME", home);
    if (trust.isPresent()) {
      CA_VARIABLES.forEach(name -> all.put(name, CA_BUNDLE));
    }
    all.putAll(proxies);
    all.putAll(image);
    all.putAll(own);
    List<String> list = new ArrayList<>(all.size());
    all.forEach((name, value) -> list.add(name + "=" + value));
    return list;
  }

  /** {@code NAME=value} entries as a map; an entry without {@code =} has an empty value. */
  static Map<String, String> parse(List<String> entries) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      map.put(
          equals < 0 ? entry : entry.substring(0, equals),
          equals < 0 ? "" : entry.substring(equals + 1));
    }
    return map;
  }
}
