package io.jollyboat.linux.security;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Text tables beside this class in the jar. */
final class SecurityResource {
  private SecurityResource() {}

  /**
   * Lines that are neither empty nor a comment (first character other than a blank is {@code #}).
   */
  static List<String> lines(String name) {
    List<String> lines = new ArrayList<>();
    for (String line : text(name).split("\n")) {
      if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static String text(String name) {
    try (InputStream in = SecurityResource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "resource "
                + name
                + " is missing from the linux-impl jar: the jar was repackaged without its resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read resource " + name + " of linux-impl", e);
    }
  }
}
