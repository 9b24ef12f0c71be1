package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Digests of what was selected in some layers, so that it need not be read again: one small file
 * each. Safe for use by several threads and processes.
 */
final class ContentSums {
  private final Path directory;

  /**
   * @param root of the store
   */
  ContentSums(Path root) {
    this.directory = root.resolve("content-sums");
  }

  Optional<String> find(Digest question) throws IOException {
    try {
      return Optional.of(Files.readString(directory.resolve(question.hex())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void put(Digest question, String sum) throws IOException {
    Files.createDirectories(directory);
    ContextDigests.replace(directory.resolve(question.hex()), sum.getBytes(StandardCharsets.UTF_8));
  }
}
