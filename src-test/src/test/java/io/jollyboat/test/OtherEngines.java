package io.jollyboat.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The engines of other programs on this machine, whose things come and go while tests run. Every
 * engine is entered by its id in {@value #RUNNING}, with the root that it uses. Immutable.
 */
record OtherEngines(Set<String> ids) {
  private static final String RUNNING = "/run/jollyboat";

  OtherEngines {
    ids = Set.copyOf(ids);
  }

  static OtherEngines now() throws IOException {
    Path running = Path.of(RUNNING);
    Set<String> ids = new HashSet<>();
    if (Files.isDirectory(running)) {
      try (Stream<Path> entries = Files.list(running)) {
        entries
            .filter(OtherEngines::isAnothers)
            .map(Path::getFileName)
            .map(Path::toString)
            .forEach(ids::add);
      }
    }
    return new OtherEngines(ids);
  }

  private static boolean isAnothers(Path entry) {
    try {
      return !Files.readString(entry.resolve("root")).contains(TestStore.NAME);
    } catch (IOException leftMeanwhile) {
      return true;
    }
  }

  /** Whether a thing of this name is one of theirs, or shared with them. */
  boolean own(String thing) {
    return ids.stream().anyMatch(thing::contains)
        || (!ids.isEmpty() && thing.endsWith("/jollyboat"));
  }
}
