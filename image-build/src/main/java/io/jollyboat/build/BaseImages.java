package io.jollyboat.build;

import io.jollyboat.Progress;
import io.jollyboat.PullPolicy;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Platform;

/** Finds the images that a build names, and pulls them. Safe for use by several threads. */
@FunctionalInterface
public interface BaseImages {
  /**
   * The image in the store, its layers unpacked.
   *
   * @param reference a name, as FROM and {@code --from} have it
   * @param progress told of a pull, from any thread
   * @throws io.jollyboat.ImageNotFoundException neither the store nor the registry has it
   * @throws io.jollyboat.RegistryException the registry cannot be asked
   */
  StoredImage resolve(String reference, Platform platform, PullPolicy policy, Progress progress);
}
