package io.jollyboat.build;

import io.jollyboat.dockerfile.RunMount.Sharing;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The directories of {@code RUN --mount=type=cache}: they outlive builds, and every step that names
 * the same id sees the same one, in other processes on the same store too. Who uses one holds a
 * lock on it: shared, or alone. Safe for use by several threads.
 */
final class CacheMounts {
  private final Path directory;
  private final FileLocks locks;

  /**
   * @param root of the store
   */
  CacheMounts(Path root, FileLocks locks) {
    this.directory = root.resolve("cache-mounts");
    this.locks = locks;
  }

  /** A directory in use; closing it lets others have it. */
  record Held(Path directory, FileLocks.Lock lock) implements AutoCloseable {
    @Override
    public void close() {
      lock.close();
    }
  }

  /** Makes a directory that is not there yet, with what it starts from. */
  interface Start {
    void make(Path directory) throws IOException;
  }

  /** The name of an id's directory, and the order in which a step takes several. */
  static String name(String id) {
    return Digest.sha256(id.getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** Waits for a locked one. A private one that is in use is another, empty directory. */
  Held take(String id, Sharing sharing, Start start) throws IOException {
    Files.createDirectories(directory);
    String name = name(id);
    String taken = name;
    Optional<FileLocks.Lock> lock =
        switch (sharing) {
          case SHARED -> Optional.of(locks.shared(use(name)));
          case LOCKED -> Optional.of(locks.exclusive(use(name)));
          case PRIVATE -> locks.tryExclusive(use(name));
        };
    for (int i = 1; lock.isEmpty(); i++) {
      taken = name + "-" + i;
      lock = locks.tryExclusive(use(taken));
    }
    Held held = new Held(directory.resolve(taken), lock.get());
    try {
      make(held.directory(), start);
      return held;
    } catch (IOException | RuntimeException e) {
      held.close();
      throw e;
    }
  }

  private Path use(String name) {
    return directory.resolve(name + ".lock");
  }

  /** Under another name until it is whole: a process may end at any moment. */
  private void make(Path place, Start start) throws IOException {
    Path part = place.resolveSibling(place.getFileName() + ".part");
    try (FileLocks.Lock unused =
        locks.exclusive(place.resolveSibling(part.getFileName() + ".lock"))) {
      if (Files.notExists(place)) {
        start.make(part);
        Files.move(part, place);
      }
    }
  }
}
