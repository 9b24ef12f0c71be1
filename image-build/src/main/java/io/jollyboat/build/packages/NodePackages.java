package io.jollyboat.build.packages;

import io.jollyboat.InstalledPackage;
import io.jollyboat.InstalledPackage.Kind;
import io.jollyboat.oci.json.JsonText;
import io.jollyboat.oci.json.JsonTextException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The packages of npm: a {@code package.json} at the top of each in {@code node_modules}. */
final class NodePackages {
  static final int LARGEST = 1 << 20;

  private static final Pattern PATH =
      Pattern.compile("(?:.*/)?node_modules/(?:@[^/]+/)?[^/@][^/]*/package\\.json");

  private NodePackages() {}

  static boolean isOne(String path) {
    return path.endsWith("/package.json") && PATH.matcher(path).matches();
  }

  static void read(InputStream in, String path, Findings findings) throws IOException {
    Map<String, Object> json;
    try {
      json = JsonText.parse(in.readAllBytes());
    } catch (JsonTextException e) {
      findings.unread(path, String.valueOf(e.getMessage()));
      return;
    }
    String whole = text(json, "name").orElse("");
    int slash = whole.indexOf('/');
    findings.add(
        new InstalledPackage(
            Kind.NPM,
            slash < 0 ? "" : whole.substring(0, slash),
            whole.substring(slash + 1),
            text(json, "version").orElse(""),
            "",
            path,
            text(json, "license").filter(license -> license.length() <= Findings.LONGEST_TEXT),
            Optional.empty()));
  }

  private static Optional<String> text(Map<String, Object> json, String member) {
    return json.get(member) instanceof String text ? Optional.of(text) : Optional.empty();
  }
}
