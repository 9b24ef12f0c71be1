package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Software that was found in an image. Immutable.
 *
 * @param group of a Maven artifact; the scope of an npm package, with its {@code @}; otherwise
 *     empty
 * @param version of an rpm with its release, and its epoch before a colon when it has one
 * @param architecture as the package's own system calls it; empty where it has none
 * @param path of the file that says so, in the image; parts after {@code !} are inside archives
 * @param license as the package words it; no expression of SPDX
 * @param origin the source package, where that is another name
 */
@CheckReturnValue
public record InstalledPackage(
    Kind kind,
    String group,
    String name,
    String version,
    String architecture,
    String path,
    Optional<String> license,
    Optional<String> origin) {

  /** Whose package it is. */
  public enum Kind {
    DEB,
    APK,
    RPM,
    NPM,
    MAVEN
  }

  /**
   * Its package URL, by the purl specification.
   *
   * @param system what {@code os-release} of the image calls itself, such as {@code debian-12}
   */
  public String purl(String system) {
    String type = kind.name().toLowerCase(Locale.ROOT);
    String distribution = system.replaceAll("-[^-]*$", "");
    String space =
        switch (kind) {
          case DEB -> distribution.isEmpty() ? "debian" : distribution;
          case RPM -> distribution.isEmpty() ? "rpm" : distribution;
          case APK -> distribution.isEmpty() ? "alpine" : distribution;
          case NPM, MAVEN -> group;
        };
    StringBuilder purl = new StringBuilder("pkg:").append(type).append('/');
    if (!space.isEmpty()) {
      purl.append(encoded(space)).append('/');
    }
    int epoch = kind == Kind.RPM ? version.indexOf(':') : -1;
    purl.append(encoded(name)).append('@').append(encoded(version.substring(epoch + 1)));
    if (kind != Kind.NPM && kind != Kind.MAVEN) {
      List<String> qualifiers = new ArrayList<>();
      qualify(qualifiers, "arch", architecture);
      qualify(qualifiers, "distro", system);
      qualify(qualifiers, "epoch", version.substring(0, Math.max(epoch, 0)));
      purl.append(qualifiers.isEmpty() ? "" : "?" + String.join("&", qualifiers));
    }
    return purl.toString();
  }

  private static void qualify(List<String> qualifiers, String name, String value) {
    if (!value.isEmpty()) {
      qualifiers.add(name + "=" + encoded(value));
    }
  }

  /** Percent-encoded but for letters, digits and {@code . - _ ~ :}. */
  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || ".-_~:".indexOf(b) >= 0;
      if (plain) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(String.format(Locale.ROOT, "%02X", b & 0xff));
      }
    }
    return encoded.toString();
  }
}
