package io.jollyboat.store;

import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTrees;
import java.nio.file.Path;

/**
 * The root of a store and its parts. Closing it deletes this object's temporary files. Safe for use
 * by several threads; several objects, in one process or many, may share a root.
 */
public final class ImageStore implements AutoCloseable {
  private final Path root;
  private final FileLocks locks;
  private final LayerTrees trees;

  private ImageStore(Path root, FileLocks locks, LayerTrees trees) {
    this.root = root;
    this.locks = locks;
    this.trees = trees;
  }

  /**
   * Opens a store, made when missing, and deletes what killed processes left in it.
   *
   * @param root mode 0700 and owned by this process's user
   * @throws io.jollyboat.EngineUnavailableException when it is not, or was made by another version
   *     or for another kind of user
   */
  public static ImageStore open(Path root, FileLocks locks, LayerTrees trees) {
    return new ImageStore(root, locks, trees);
  }

  public Path root() {
    return root;
  }

  public BlobStore blobs() {
    throw new UnsupportedOperationException();
  }

  public LayerStore layers() {
    throw new UnsupportedOperationException();
  }

  public ImageIndex images() {
    throw new UnsupportedOperationException();
  }

  public BuildCache cache() {
    throw new UnsupportedOperationException();
  }

  public BlobSources sources() {
    throw new UnsupportedOperationException();
  }

  /**
   * Keeps layers and blobs that no image names yet from being deleted by somebody who removes an
   * image. To be held during a pull or a build, from before content is looked for until the image
   * is added.
   */
  public FileLocks.Lock lease() {
    return locks.shared(root.resolve("lease"));
  }

  @Override
  public void close() {
    trees.delete(root.resolve("tmp"));
  }
}
