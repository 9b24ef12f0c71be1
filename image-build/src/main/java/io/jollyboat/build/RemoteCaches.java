package io.jollyboat.build;

import io.jollyboat.CacheLocation;
import io.jollyboat.ImageId;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Platform;
import java.util.List;
import java.util.Optional;

/** The steps that builds of other machines left, and leave. Safe for use by several threads. */
public interface RemoteCaches {
  /** Looks what is there; what cannot be read is a warning. */
  Steps read(CacheLocation location, Platform platform, Progress progress);

  /**
   * Puts the steps of a build there, in place of what was there.
   *
   * @throws io.jollyboat.RegistryException it cannot be written
   * @throws io.jollyboat.StoreException a directory cannot be written
   */
  void write(CacheLocation location, List<Step> steps, Progress progress);

  /** Has the image tell of the steps that it was made by. */
  void inline(StoredImage image, List<Step> steps);

  /** What one place holds. Safe for use by several threads. */
  interface Steps {
    /**
     * The image that a step gave, with its layers in the store; what cannot be fetched is a
     * warning.
     *
     * @param on what it is built on
     * @param replaces the image has other layers than that; else the same and others on top
     */
    Optional<StoredImage> find(Digest key, ImageConfig on, ImageId parent, boolean replaces);
  }

  /** A step that was done or taken from a cache. */
  record Step(Digest key, ImageId image) {}
}
