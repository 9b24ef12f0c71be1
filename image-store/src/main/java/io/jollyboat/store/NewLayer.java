package io.jollyboat.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A layer in the making: an empty directory that becomes a layer by {@link LayerStore#commit}.
 * Closing it without that deletes it. Not safe for use by several threads.
 */
public final class NewLayer implements AutoCloseable {
  private final StoreFiles files;
  private final Path directory;
  private boolean open = true;

  private NewLayer(StoreFiles files, Path directory) {
    this.files = files;
    this.directory = directory;
  }

  /** A new one, with {@code diff} and {@code work} when it is for a step. */
  static NewLayer begin(StoreFiles files, boolean forStep) {
    Path directory = files.newTemporary();
    try {
      Files.createDirectory(directory);
      NewLayer layer = new NewLayer(files, directory);
      if (forStep) {
        // The mode by a second call: the process's umask may take bits away from the first.
        Files.createDirectory(layer.diff());
        Files.setPosixFilePermissions(layer.diff(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectory(layer.work());
      }
      return layer;
    } catch (IOException e) {
      throw StoreFiles.failure("a layer cannot be begun in " + directory, e);
    }
  }

  /** Where overlayfs puts what changes: {@code upperdir}. */
  public Path diff() {
    return directory.resolve(LayerRecord.TREE);
  }

  /** For overlayfs's own use, on the same file system: {@code workdir}. */
  public Path work() {
    return directory.resolve("work");
  }

  /** Gives it the name of a finished layer; false when there is one. */
  boolean publish(Layer layer, Path name) {
    files.trees().delete(work());
    files.replace(directory.resolve(LayerRecord.FILE), LayerRecord.write(layer));
    boolean published = files.publish(directory, name);
    open = !published;
    return published;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      files.trees().delete(directory);
    }
  }
}
