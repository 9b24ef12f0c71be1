package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.SizeReport;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What is known of images besides what they are. Safe for use by several threads and processes. */
public final class ImageFacts {
  private final StoreFiles files;
  private final BlobStore blobs;
  private final LayerStore layers;
  private final ImageIndex images;

  ImageFacts(StoreFiles files, BlobStore blobs, LayerStore layers, ImageIndex images) {
    this.files = files;
    this.blobs = blobs;
    this.layers = layers;
    this.images = images;
  }

  /** Keeps how an image was built, in place of what was kept before. */
  public void keepProvenance(ImageId id, byte[] statement) {
    Digest blob = blobs.put(statement);
    change(id, record -> record.withProvenance(blob));
  }

  /** What {@link #keepProvenance} was told. */
  public Optional<byte[]> provenance(ImageId id) {
    return images
        .record(id)
        .flatMap(ImageRecord::provenance)
        .filter(blob -> blobs.find(blob).isPresent())
        .map(blobs::read);
  }

  /** Has the image's manifest carry these annotations, in place of earlier ones. */
  public void annotate(ImageId id, Map<String, String> annotations) {
    boolean same = images.record(id).filter(r -> r.annotations().equals(annotations)).isPresent();
    if (!same) {
      change(id, record -> record.withAnnotations(annotations));
    }
  }

  /** What {@link #annotate} was told. */
  Map<String, String> annotations(ImageId id) {
    return images.record(id).<Map<String, String>>map(ImageRecord::annotations).orElse(Map.of());
  }

  private void change(ImageId id, UnaryOperator<ImageRecord> difference) {
    FileLocks.Lock lock = images.lock();
    try {
      Optional<ImageRecord> before = images.record(id);
      before.ifPresent(record -> images.write(id, difference.apply(record), before));
    } finally {
      lock.close();
    }
  }

  /**
   * What each layer of an image holds, and what of it is hidden.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  public SizeReport sizes(String nameOrId) {
    FileLocks.Lock lease = files.sharedLock(StoreSweep.LEASE);
    try {
      StoredImage image =
          images
              .find(nameOrId)
              .orElseThrow(
                  () ->
                      new ImageNotFoundException(
                          "the store has no image \"" + nameOrId + "\"", nameOrId));
      ImageConfig config = image.config();
      return new SizeCount(files.trees()).count(layers.chain(config.diffIds()), config);
    } catch (IOException e) {
      throw StoreFiles.failure("the layers of image " + nameOrId + " cannot be read", e);
    } finally {
      lease.close();
    }
  }
}
