package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What was copied, file by file, under the digest that stands for it in a key: only for telling
 * which file has changed. Safe for use by several threads and processes.
 */
final class ContentLists {
  /** Of some ten thousand files: more than that nobody reads. */
  private static final int LONGEST = 2 << 20;

  private final Path directory;

  /**
   * @param root of the store
   */
  ContentLists(Path root) {
    this.directory = root.resolve("content-lists");
  }

  Optional<String> find(String digest) throws IOException {
    try {
      return Optional.of(Files.readString(directory.resolve(Digest.parse(digest).hex())));
    } catch (NoSuchFileException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  void put(KeyText content) throws IOException {
    Path file = directory.resolve(content.digest().hex());
    if (content.text().length() > LONGEST || Files.exists(file)) {
      return;
    }
    Files.createDirectories(directory);
    ContextDigests.replace(file, content.text().getBytes(StandardCharsets.UTF_8));
  }
}
