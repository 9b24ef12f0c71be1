package io.jollyboat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A directory of the store that outlives the containers that use it, as it was when asked for.
 * Immutable.
 *
 * @param directory where its files are on this machine; belongs to the containers' users
 * @param anonymous made for one container, and removed with it
 */
public record Volume(
    String name, Map<String, String> labels, Instant created, boolean anonymous, Path directory) {
  public Volume {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  @CanIgnoreReturnValue
  static String checkName(String name) {
    if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
      throw new IllegalArgumentException(
          "a volume's name has letters, digits, _ . and -, and begins with a letter or digit, not \""
              + name
              + "\"");
    }
    return name;
  }
}
