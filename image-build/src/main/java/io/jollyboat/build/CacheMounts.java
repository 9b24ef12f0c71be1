package io.jollyboat.build;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.dockerfile.RunMount.Sharing;
import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The directories of {@code RUN --mount=type=cache}: they outlive builds, and every step that names
 * the same id sees the same one. Locked and private ones are told apart among the builds of this
 * process. Safe for use by several threads.
 */
final class CacheMounts {
  private final Path directory;
  private final Map<String, Integer> users = new HashMap<>();

  /**
   * @param root of the store
   */
  CacheMounts(Path root) {
    this.directory = root.resolve("cache-mounts");
  }

  /** A directory in use; closing it lets others have it. */
  record Held(Path directory, boolean isNew, Runnable release) implements AutoCloseable {
    @Override
    public void close() {
      release.run();
    }
  }

  /** Waits for a locked one. A private one that is in use is another, empty directory. */
  Held take(String id, Sharing sharing) throws IOException {
    String name = Digest.sha256(id.getBytes(StandardCharsets.UTF_8)).hex();
    String taken =
        switch (sharing) {
          case SHARED -> name;
          case LOCKED -> locked(name);
          case PRIVATE -> free(name);
        };
    if (sharing == Sharing.SHARED) {
      use(taken);
    }
    Path place = directory.resolve(taken);
    Files.createDirectories(directory);
    boolean isNew = true;
    try {
      Files.createDirectory(place);
    } catch (FileAlreadyExistsException e) {
      isNew = false;
    }
    return new Held(place, isNew, () -> release(taken));
  }

  private synchronized void use(String name) {
    users.merge(name, 1, Integer::sum);
  }

  private synchronized String locked(String name) {
    try {
      while (users.containsKey(name)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("interrupted while waiting for a cache mount", e);
    }
    use(name);
    return name;
  }

  private synchronized String free(String name) {
    String candidate = name;
    for (int i = 1; users.containsKey(candidate); i++) {
      candidate = name + "-" + i;
    }
    use(candidate);
    return candidate;
  }

  private synchronized void release(String name) {
    users.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
    notifyAll();
  }
}
