package io.jollyboat.test;

import io.jollyboat.Engine;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A store below the temporary directory that goes away with this. Engines on it trust the
 * certificate authorities of this machine. Safe for use by several threads.
 */
public final class TestStore implements AutoCloseable {
  /**
   * Where Debian keeps the certificate authorities of a machine, those of a private network too.
   */
  public static final Path MACHINE_CERTIFICATES = Path.of("/etc/ssl/certs/ca-certificates.crt");

  /** With it begin the names of this process's stores. */
  static final String NAME = "jollyboat-store" + ProcessHandle.current().pid() + "-";

  private final Path directory;

  private TestStore(Path directory) {
    this.directory = directory;
  }

  public static TestStore empty() {
    try {
      return new TestStore(Files.createTempDirectory(NAME));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A store that holds images of the registry under their short names. */
  public static TestStore with(RegistryProcess registry, String... names) {
    TestStore store = empty();
    try (Engine engine = store.open()) {
      for (String name : names) {
        take(engine, registry, name);
      }
    }
    return store;
  }

  /** Pulls an image and gives it its short name. */
  public static StoredImage take(Engine engine, RegistryProcess registry, String name) {
    StoredImage image = engine.pull(registry.reference(name));
    engine.images().tag(image.id(), name);
    return image;
  }

  public Path root() {
    return directory;
  }

  public Engine open() {
    return open(Progress.none());
  }

  public Engine open(Progress progress) {
    return builder().trust(MACHINE_CERTIFICATES).progress(progress).open();
  }

  /** No certificates, no proxies, and no progress said. */
  public Engine.Builder builder() {
    return Engine.builder().root(directory).proxy(Map.of());
  }

  @Override
  public void close() {
    try {
      Trees.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
