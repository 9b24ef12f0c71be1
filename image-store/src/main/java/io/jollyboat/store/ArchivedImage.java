package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.Platform;
import java.util.List;
import java.util.Optional;

/**
 * An image found in an archive, whose layers are all there but have not been read. Immutable.
 *
 * @param manifest that it came with; archives of Docker's older form have none
 * @param layers the lowest first
 */
record ArchivedImage(ImageConfig config, Optional<Manifest> manifest, List<Layer> layers) {
  ArchivedImage {
    layers = List.copyOf(layers);
  }

  ImageId id() {
    return new ImageId(config.id());
  }

  /**
   * One layer of it.
   *
   * @param blob what the member must be, where the archive says it
   */
  record Layer(Members.Member content, Digest diffId, Optional<Descriptor> blob) {}

  /**
   * A name in an archive, and what it stands for. Immutable.
   *
   * @param name empty where the archive gives none
   * @param index the digest of one of several platforms, when it is one
   * @param images at least one
   */
  record Named(Optional<ImageReference> name, Optional<Digest> index, List<ArchivedImage> images) {
    Named {
      images = List.copyOf(images);
    }

    /** The one for a machine, or else the first. */
    ArchivedImage suiting(Platform machine) {
      return images.stream()
          .filter(image -> image.config().platform().runsOn(machine))
          .min((a, b) -> Platform.bestFor(machine).compare(platform(a), platform(b)))
          .orElse(images.get(0));
    }

    private static Platform platform(ArchivedImage image) {
      return image.config().platform();
    }
  }

  /**
   * All that an archive holds. Immutable.
   *
   * @param images each once
   * @param others what indexes name beside images, such as attestations, and the indexes
   */
  record Contents(List<ArchivedImage> images, List<Named> names, List<Other> others) {
    Contents {
      images = List.copyOf(images);
      names = List.copyOf(names);
      others = List.copyOf(others);
    }
  }

  /** A blob that is kept unread. */
  record Other(Descriptor blob, Members.Member content) {}
}
