package io.jollyboat.build;

import io.jollyboat.spi.host.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads what {@code git ls-tree -r -l -z} lists, {@code MODE TYPE OBJECT SIZE<tab>PATH} each, and
 * refuses what is too much for a checkout. Not safe for use by several threads.
 */
final class GitListing {
  private static final int MOST_FILES = 4_000_000;
  private static final long MOST_BYTES = 256L << 30;
  private static final int LONGEST = 8192;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private Map<String, String> modules = new LinkedHashMap<>();
  private long files;
  private long bytes;

  /** Takes some of the listing. */
  void take(byte[] part, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (part[i] == 0) {
        add(FileNames.decode(line.toByteArray()));
        line.reset();
      } else if (line.size() < LONGEST) {
        line.write(part[i]);
      } else {
        throw new IOException("the repository has a path of more than " + LONGEST + " bytes");
      }
    }
  }

  private void add(String entry) throws IOException {
    int tab = entry.indexOf('\t');
    String[] facts = (tab < 0 ? entry : entry.substring(0, tab)).trim().split(" +", -1);
    if (tab < 0 || facts.length != 4) {
      throw new IOException("git lists what is no file: " + entry);
    }
    if (facts[1].equals("commit")) {
      modules.put(entry.substring(tab + 1), facts[2]);
    }
    files++;
    bytes += facts[3].matches("[0-9]{1,18}") ? Long.parseLong(facts[3]) : 0;
    if (files > MOST_FILES) {
      throw new IOException("the repository has more than " + MOST_FILES + " files");
    }
    if (bytes > MOST_BYTES || bytes < 0) {
      throw new IOException("the repository's files have more than " + MOST_BYTES + " bytes");
    }
  }

  /** The commits of submodules by their paths, of what was listed since this was last called. */
  Map<String, String> takeModules() {
    Map<String, String> taken = modules;
    modules = new LinkedHashMap<>();
    return taken;
  }
}
