package io.jollyboat;

import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Facts about an image, or one step of a build, as they were when the store was asked. Immutable.
 */
public interface StoredImage {
  ImageId id();

  /** The step that it was built on, when it was built here. */
  Optional<ImageId> parent();

  /** Its names, with digests where it was pulled or pushed. */
  List<ImageReference> names();

  Platform platform();

  ImageConfig config();

  /** Bytes of all its layers' files. */
  Size size();

  Instant created();

  /** A step of a build that has no name of its own. */
  boolean intermediate();
}
