package io.jollyboat.store;

import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTrees;
import java.nio.file.Path;

/**
 * The root of a store and its parts. Closing it deletes this object's temporary files. Safe for use
 * by several threads; several objects, in one process or many, may share a root.
 */
public final class ImageStore implements AutoCloseable {

  private final StoreFiles files;
  private final BlobStore blobs;
  private final LayerStore layers;
  private final BlobSources sources;
  private final ImageIndex images;
  private final BuildCache cache;

  private ImageStore(StoreFiles files) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.layers = new LayerStore(files, blobs);
    this.sources = new BlobSources(files);
    this.images = new ImageIndex(files, blobs, layers, sources);
    this.cache = new BuildCache(files, images);
  }

  /**
   * Opens a store, made when missing, and deletes what killed processes left in it.
   *
   * @param root mode 0700 and owned by this process's user
   * @throws io.jollyboat.EngineUnavailableException when it is not, or was made by another version
   *     or for another kind of user
   */
  public static ImageStore open(Path root, FileLocks locks, LayerTrees trees) {
    Path absolute = root.toAbsolutePath().normalize();
    StoreRoot.prepare(absolute);
    ImageStore store = new ImageStore(StoreFiles.open(absolute, locks, trees));
    try {
      StoreRoot.checkFormat(store.files);
      store.repair();
      return store;
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private void repair() {
    files.deleteAbandoned();
    images.sweepIfWanted();
  }

  public Path root() {
    return files.root();
  }

  public BlobStore blobs() {
    return blobs;
  }

  public LayerStore layers() {
    return layers;
  }

  public ImageIndex images() {
    return images;
  }

  public BuildCache cache() {
    return cache;
  }

  public BlobSources sources() {
    return sources;
  }

  /**
   * Keeps layers and blobs that no image names yet from being deleted by somebody who removes an
   * image. To be held during a pull or a build, from before content is looked for until the image
   * is added.
   */
  public FileLocks.Lock lease() {
    return files.sharedLock(StoreSweep.LEASE);
  }

  /** Locks that all users of this root see. */
  public FileLocks locks() {
    return files.locks();
  }

  @Override
  public void close() {
    files.close();
  }
}
