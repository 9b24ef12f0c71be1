package io.jollyboat.engine;

import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Progress;
import io.jollyboat.PullPolicy;
import io.jollyboat.StoredImage;
import io.jollyboat.build.BaseImages;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.ManifestReader;
import io.jollyboat.spi.Registry;
import io.jollyboat.store.ImageStore;
import java.nio.file.Path;
import java.util.Optional;

/** Images by name for builds and runs: those of the store, or pulled as the policy says. */
final class BaseImage implements BaseImages {
  /** As BuildKit's named contexts begin that are OCI image layouts. */
  private static final String LAYOUT = "oci-layout://";

  private final ImageStore store;
  private final Registry registry;

  BaseImage(ImageStore store, Registry registry) {
    this.store = store;
    this.registry = registry;
  }

  @Override
  public StoredImage resolve(
      String reference, Platform platform, PullPolicy policy, Progress progress) {
    if (reference.startsWith(LAYOUT)) {
      return ofLayout(Path.of(reference.substring(LAYOUT.length())), platform, progress);
    }
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

  /** Of this machine's files, so it is no pull, and has no name. */
  private StoredImage ofLayout(Path directory, Platform platform, Progress progress) {
    LayoutRegistry layout = new LayoutRegistry(directory);
    ManifestReader reader = new ManifestReader(layout);
    Manifest manifest =
        reader
            .find(RemoteSteps.LAYOUT, platform)
            .orElseThrow(
                () ->
                    new ImageNotFoundException(
                        directory + " is no OCI image layout: it has no index.json",
                        LAYOUT + directory))
            .manifest();
    Pull pull = new Pull(store, layout, progress);
    ImageConfig config = pull.config(reader, RemoteSteps.LAYOUT, manifest);
    pull.layers(RemoteSteps.LAYOUT, manifest.layers(), config);
    return store.images().add(config, Optional.empty(), true);
  }

  private static boolean suits(StoredImage image, Platform platform) {
    return image.platform().runsOn(platform);
  }
}
