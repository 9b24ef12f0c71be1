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
 * What apk has installed: lines of a letter, a colon and a value, an empty line after each package.
 */
final class AlpinePackages {
  private AlpinePackages() {}

  static void read(InputStream in, String path, Findings findings) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    Map<Character, String> fields = new HashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        add(fields, path, findings);
        fields.clear();
      } else if (line.length() > 1 && line.charAt(1) == ':') {
        fields.put(line.charAt(0), line.substring(2).strip());
      }
    }
    add(fields, path, findings);
  }

  private static void add(Map<Character, String> fields, String path, Findings findings) {
    if (!fields.containsKey('P')) {
      return;
    }
    String name = fields.getOrDefault('P', "");
    findings.add(
        new InstalledPackage(
            Kind.APK,
            "",
            name,
            fields.getOrDefault('V', ""),
            fields.getOrDefault('A', ""),
            path,
            Optional.ofNullable(fields.get('L')).filter(text -> !text.isEmpty()),
            Optional.ofNullable(fields.get('o')).filter(origin -> !origin.equals(name))));
  }
}
