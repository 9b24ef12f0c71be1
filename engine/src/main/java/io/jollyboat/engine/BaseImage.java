package io.jollyboat.engine;

import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Progress;
import io.jollyboat.PullPolicy;
import io.jollyboat.StoredImage;
import io.jollyboat.build.BaseImages;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.Registry;
import io.jollyboat.store.ImageStore;
import java.util.Optional;

/** Images by name for builds and runs: those of the store, or pulled as the policy says. */
final class BaseImage implements BaseImages {
  private final ImageStore store;
  private final Registry registry;

  BaseImage(ImageStore store, Registry registry) {
    this.store = store;
    this.registry = registry;
  }

  @Override
  public StoredImage resolve(
      String reference, Platform platform, PullPolicy policy, Progress progress) {
    if (policy != PullPolicy.ALWAYS) {
      Optional<StoredImage> known = store.images().find(reference);
      if (known.isPresent() && (policy == PullPolicy.NEVER || suits(known.get(), platform))) {
        return known.get();
      }
    }
    if (policy == PullPolicy.NEVER) {
      throw new ImageNotFoundException(
          "the store has no image "
              + reference
              + ", and it may not be pulled: build or pull it before, or allow it, "
              + "pull(PullPolicy.MISSING)",
          reference);
    }
    return new Pull(store, registry, progress).pull(ImageReference.parse(reference), platform);
  }

  private static boolean suits(StoredImage image, Platform platform) {
    return image.platform().runsOn(platform);
  }
}
