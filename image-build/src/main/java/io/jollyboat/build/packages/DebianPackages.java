package io.jollyboat.build.packages;

import io.jollyboat.InstalledPackage;
import io.jollyboat.InstalledPackage.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What dpkg has installed: its status file, and the files of {@code status.d} that images without
 * dpkg have. The form is that of deb-control(5): fields, lines that go on after a blank, an empty
 * line after each package.
 */
final class DebianPackages {
  private DebianPackages() {}

  /**
   * @param all the file has packages that are not installed too
   */
  static void read(InputStream in, String path, boolean all, Findings findings) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    Map<String, String> fields = new HashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int colon = line.indexOf(':');
      if (line.isBlank()) {
        add(fields, path, all, findings);
        fields.clear();
      } else if (!Character.isWhitespace(line.charAt(0)) && colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    add(fields, path, all, findings);
  }

  private static void add(Map<String, String> fields, String path, boolean all, Findings findings) {
    String status = fields.getOrDefault("Status", "");
    boolean installed = status.endsWith(" installed") || (!all && status.isEmpty());
    if (!fields.containsKey("Package") || !installed) {
      return;
    }
    Optional<String> source =
        Optional.ofNullable(fields.get("Source")).map(text -> text.replaceAll(" .*", ""));
    findings.add(
        new InstalledPackage(
            Kind.DEB,
            "",
            fields.getOrDefault("Package", ""),
            fields.getOrDefault("Version", ""),
            fields.getOrDefault("Architecture", ""),
            path,
            Optional.empty(),
            source));
  }
}
