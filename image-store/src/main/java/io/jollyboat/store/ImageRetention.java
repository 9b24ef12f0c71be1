package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.PruneSpec;
import io.jollyboat.Pruned;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileLocks;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Which images stay: those that are pinned, and what a prune leaves. */
public final class ImageRetention {
  private final ImageIndex images;

  ImageRetention(ImageIndex images) {
    this.images = images;
  }

  /**
   * Removes images that nothing needs.
   *
   * @param users the names of the containers that use an image
   */
  public Pruned prune(PruneSpec spec, Function<ImageId, List<String>> users) {
    List<StoredImage> removed;
    FileLocks.Lock lock = images.lock();
    try {
      removed = new ImagePrune(images, spec, users).run();
    } finally {
      lock.close();
    }
    return new Pruned(removed, new Size(images.sweeper().now()));
  }

  /** Keeps an image, or no longer. */
  public void pin(ImageId id, boolean pinned) {
    FileLocks.Lock lock = images.lock();
    try {
      ImageRecord record = images.required(id, id.toString());
      images.write(id, record.withPinned(pinned), Optional.of(record));
    } finally {
      lock.close();
    }
  }

  /**
   * Whether an image is there, asked while nobody removes one: what was written down before as its
   * user is seen by every removal after.
   */
  public boolean isThere(ImageId id) {
    FileLocks.Lock lock = images.lock();
    try {
      return images.exists(id);
    } finally {
      lock.close();
    }
  }

  public boolean isPinned(ImageId id) {
    return images.record(id).filter(ImageRecord::pinned).isPresent();
  }

  /** Removes an image that cannot be made whole, and its names. */
  void forget(ImageId id) {
    FileLocks.Lock lock = images.lock();
    try {
      ImageNames names = images.names();
      names.removeAll(id);
      images.write(names);
      images.delete(id);
    } finally {
      lock.close();
    }
  }

  /** Under the lock: an image is no longer known by a manifest. */
  void forgetManifest(ImageId id, Digest manifest) {
    images.record(id).ifPresent(r -> images.write(id, r.withoutManifest(manifest), Optional.of(r)));
  }
}
