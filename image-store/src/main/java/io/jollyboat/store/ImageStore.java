package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.SaveSpec;
import io.jollyboat.StoredImage;
import io.jollyboat.Verification;
import io.jollyboat.VerifySpec;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTrees;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

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
  private final ImageFacts facts;

  private ImageStore(StoreFiles files) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.layers = new LayerStore(files, blobs);
    this.sources = new BlobSources(files);
    this.images = new ImageIndex(files, blobs, layers, sources);
    this.cache = new BuildCache(files, images, layers);
    this.facts = new ImageFacts(files, blobs, layers, images);
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

  public PlatformImages platforms() {
    return new PlatformImages(images, blobs);
  }

  public ImageRetention retention() {
    return new ImageRetention(images);
  }

  public BuildCache cache() {
    return cache;
  }

  public ImageFacts facts() {
    return facts;
  }

  public BlobSources sources() {
    return sources;
  }

  /**
   * Writes images to a file, in place only when it is whole, or to a directory.
   *
   * @throws io.jollyboat.ImageNotFoundException when one is not there; nothing is written then
   */
  public void save(List<String> namesOrIds, Path destination, SaveSpec spec) {
    Set<ArchiveSave.Target> targets = ArchiveSave.targets(images, namesOrIds);
    try {
      if (spec.format() == SaveSpec.Format.OCI_LAYOUT) {
        new ArchiveSave(this, files, spec, new LayoutSink(destination)).save(targets);
      } else {
        WholeFile.write(destination, out -> archive(targets, out, spec));
      }
    } catch (IOException e) {
      throw StoreFiles.failure("images cannot be saved to " + destination, e);
    }
  }

  /** Writes images to a stream, which is not closed. */
  public void save(List<String> namesOrIds, OutputStream archive, SaveSpec spec) {
    if (spec.format() == SaveSpec.Format.OCI_LAYOUT) {
      throw new IllegalArgumentException(
          "an OCI layout is a directory: save it to a path, or as an OCI archive");
    }
    try {
      archive(ArchiveSave.targets(images, namesOrIds), archive, spec);
    } catch (IOException e) {
      throw StoreFiles.failure("images cannot be saved", e);
    }
  }

  private void archive(Set<ArchiveSave.Target> targets, OutputStream out, SaveSpec spec)
      throws IOException {
    new ArchiveSave(this, files, spec, new TarSink(out)).save(targets);
  }

  /**
   * Takes in the images of an archive, or of a directory that is an OCI layout.
   *
   * @param check refuses, by an exception, images that may not come in
   * @throws io.jollyboat.ContentException when anything is missing, malformed, hostile or not what
   *     its digest says; the store is as it was then
   */
  public List<StoredImage> load(Path source, Consumer<ImageConfig> check) {
    return new ArchiveLoad(this, files, check).load(source);
  }

  /** As {@link #load(Path, Consumer)}, of a stream that is read to its end and not closed. */
  public List<StoredImage> load(InputStream archive, Consumer<ImageConfig> check) {
    return new ArchiveLoad(this, files, check).load(archive);
  }

  /**
   * Verifies blobs, layers and references, and repairs them when asked to.
   *
   * @param users the names of the containers that use an image
   */
  public Verification verify(VerifySpec spec, Function<ImageId, List<String>> users) {
    return new StoreCheck(files, blobs, layers, images, cache, images.sweeper(), spec, users).run();
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
