package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is known of the files of this machine's directories. Safe for use by several threads. */
final class DirectoryDigests {
  private final Path root;
  private final Map<Path, ContextDigests> known = new ConcurrentHashMap<>();

  /**
   * @param root of the store
   */
  DirectoryDigests(Path root) {
    this.root = root;
  }

  /** Those of the files below a directory. */
  ContextDigests of(Path directory) {
    return known.computeIfAbsent(
        directory,
        context -> {
          String name = Digest.sha256(FileNames.encode(context.toString())).hex();
          return new ContextDigests(place().resolve(name));
        });
  }

  private Path place() {
    try {
      return Files.createDirectories(root.resolve("context-digests"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write below " + root, e);
    }
  }
}
