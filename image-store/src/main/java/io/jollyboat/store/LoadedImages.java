package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.FileLocks;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Adds what an archive holds, all of it at once. */
final class LoadedImages {
  private final ImageIndex images;
  private final BlobStore blobs;

  LoadedImages(ImageIndex images, BlobStore blobs) {
    this.images = images;
    this.blobs = blobs;
  }

  /**
   * Adds the images of an archive, whose layers and other blobs are in the store, and all their
   * names.
   *
   * @return for each name this machine's image, and the images without a name
   */
  List<StoredImage> add(ArchivedImage.Contents contents) {
    contents.images().forEach(image -> blobs.put(image.config().bytes()));
    FileLocks.Lock lock = images.lock();
    try {
      contents.images().forEach(this::write);
      ImageNames names = images.names();
      Set<ImageId> named = new LinkedHashSet<>();
      for (ArchivedImage.Named name : contents.names()) {
        ImageId id = name.suiting(Platform.current()).id();
        named.add(id);
        name.name().ifPresent(reference -> put(names, reference, id, name));
      }
      images.write(names);
      return named.stream()
          .map(
              id ->
                  ImageIndex.stored(
                      id, images.required(id, id.toString()), images.config(id), names))
          .toList();
    } finally {
      lock.close();
    }
  }

  private void write(ArchivedImage image) {
    Optional<ImageRecord> known = images.record(image.id());
    Size size = images.size(image.config());
    ImageRecord record = known.orElseGet(() -> ImageRecord.of(Optional.empty(), false, size));
    if (image.manifest().isPresent()) {
      record = record.withManifest(blobs.put(image.manifest().get().bytes()));
    }
    images.write(image.id(), record.withStep(false), known);
  }

  private static void put(
      ImageNames names, ImageReference reference, ImageId id, ArchivedImage.Named name) {
    if (name.index().isPresent()) {
      List<ImageId> all = name.images().stream().map(ArchivedImage::id).toList();
      names.put(reference, id, name.index().get(), all);
    } else {
      names.put(reference, id);
    }
  }
}
