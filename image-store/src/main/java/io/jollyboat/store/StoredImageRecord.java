package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Facts about an image, read once. Immutable. */
record StoredImageRecord(
    ImageId id,
    Optional<ImageId> parent,
    List<ImageReference> names,
    ImageConfig config,
    Size size,
    boolean intermediate)
    implements StoredImage {
  StoredImageRecord {
    names = List.copyOf(names);
  }

  @Override
  public Platform platform() {
    return config.platform();
  }

  @Override
  public Instant created() {
    return config.created().orElse(Instant.EPOCH);
  }

  @Override
  public String toString() {
    return "image " + id + " " + names;
  }
}
