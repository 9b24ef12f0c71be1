package io.jollyboat.engine;

import io.jollyboat.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code volumes/<name>/data} of a store. Safe for use by several threads and processes. */
final class Volumes {
  private final Path directory;

  Volumes(Path root) {
    this.directory = root.resolve("volumes");
  }

  /** The directory of a volume, made when missing. */
  Path directory(String name) {
    if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
      throw new IllegalArgumentException(
          "a volume's name has letters, digits, _ . and -, and begins with a letter or digit, not \""
              + name
              + "\"");
    }
    Path data = directory.resolve(name).resolve("data");
    try {
      return Files.createDirectories(data);
    } catch (IOException e) {
      throw new StoreException("cannot make volume " + data + ": " + e, e);
    }
  }
}
