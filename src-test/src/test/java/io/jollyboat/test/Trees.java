package io.jollyboat.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories with everything in them. */
public final class Trees {
  private Trees() {}

  /** Deletes one, without following links; nothing happens when it is not there. */
  public static void delete(Path top) throws IOException {
    if (Files.notExists(top)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(top)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
