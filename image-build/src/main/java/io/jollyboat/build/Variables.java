package io.jollyboat.build;

import io.jollyboat.dockerfile.Lookup;
import io.jollyboat.oci.ImageConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variables that an instruction sees, as BuildKit scopes them: within a stage the later of ENV
 * and ARG wins; a stage on another one starts with that one's arguments, over which its environment
 * wins again. Not safe for use by several threads.
 */
final class Variables implements Lookup {
  /** Given to RUN without an ARG, and neither in a key nor in the history then. */
  static final Set<String> PROXIES =
      Set.of("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy");

  private final Map<String, String> arguments;
  private final Map<String, String> values;

  private Variables(Map<String, String> arguments, List<String> environment) {
    this.arguments = new LinkedHashMap<>(arguments);
    this.values = new LinkedHashMap<>(arguments);
    for (String entry : environment) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        values.remove(entry.substring(0, equals)); // so that the order is the image's
        values.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
  }

  /**
   * At the start of a stage.
   *
   * @param inherited what {@link #arguments} of the stage below gave at its end
   */
  static Variables start(Map<String, String> inherited, ImageConfig base) {
    return new Variables(inherited, base.env());
  }

  void setEnv(String name, String value) {
    values.put(name, value);
  }

  void declare(String name, String value) {
    arguments.put(name, value);
    values.put(name, value);
  }

  /** The declared build arguments that have a value, in the order of their ARGs. */
  Map<String, String> arguments() {
    return Collections.unmodifiableMap(arguments);
  }

  /** The environment of a RUN: the image's, and the build arguments. */
  Map<String, String> environment() {
    return Collections.unmodifiableMap(values);
  }

  static boolean isProxy(String name) {
    return PROXIES.contains(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public @Nullable String value(String name) {
    return values.get(name);
  }
}
