package io.jollyboat.engine;

import io.jollyboat.ContentException;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Progress;
import io.jollyboat.Progress.Phase;
import io.jollyboat.Size;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.TransferSpec;
import io.jollyboat.build.HostBase;
import io.jollyboat.linux.launcher.OverlayRoot;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.ManifestReader;
import io.jollyboat.spi.Registry;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.store.ImageStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Pull, as a list of steps: manifest, configuration, layers, name. */
final class Pull {
  private static final long LARGEST_CONFIG = 8 << 20;

  private final ImageStore store;
  private final Registry registry;
  private final Progress progress;
  private final int atOnce;

  Pull(ImageStore store, Registry registry, Progress progress) {
    this(store, registry, progress, TransferSpec.defaults().concurrency());
  }

  /**
   * @param atOnce how many blobs move at the same time, at most
   */
  Pull(ImageStore store, Registry registry, Progress progress, int atOnce) {
    this.store = store;
    this.registry = registry;
    this.progress = new SerialProgress(progress);
    this.atOnce = atOnce;
  }

  StoredImage pull(ImageReference reference, Platform platform) {
    progress.transferStarted(reference.toString(), false);
    ManifestReader reader = new ManifestReader(registry);
    ManifestReader.Found found =
        reader.find(reference, platform).orElseThrow(() -> notFound(reference));
    Manifest manifest = found.manifest();
    try (FileLocks.Lock lease = store.lease()) {
      ImageConfig config = config(reader, reference, manifest);
      layers(reference, manifest.layers(), config);
      StoredImage image =
          store.images().addPulled(reference, found.named().digest(), manifest, config);
      Size size = new Size(manifest.bytes().length);
      progress.transferFinished(reference.toString(), false, found.named().digest(), size);
      return image;
    }
  }

  ImageConfig config(ManifestReader reader, ImageReference reference, Manifest manifest) {
    Descriptor descriptor = manifest.config();
    if (manifest.layers().size() > OverlayRoot.MOST_LAYERS) {
      throw new ContentException(
          reference
              + " has "
              + manifest.layers().size()
              + " layers, more than the "
              + OverlayRoot.MOST_LAYERS
              + " that a root file system can be made of",
          descriptor.digest(),
          null);
    }
    ImageConfig config =
        isHere(descriptor)
            ? ImageConfig.parse(store.blobs().read(descriptor.digest()))
            : reader.config(reference, manifest);
    if (config.diffIds().size() != manifest.layers().size()) {
      throw new ContentException(
          reference
              + " has "
              + manifest.layers().size()
              + " layers in its manifest and "
              + config.diffIds().size()
              + " in its configuration",
          descriptor.digest(),
          null);
    }
    if (HostBase.isOn(config)) {
      throw new ContentException(
          reference + " claims this machine's own programs as its base: refused",
          descriptor.digest(),
          null);
    }
    return config;
  }

  /** A blob of another size, which may be a layer of gigabytes, is left to be refused. */
  private boolean isHere(Descriptor config) {
    Optional<Path> file = store.blobs().find(config.digest());
    try {
      return file.isPresent()
          && config.size() <= LARGEST_CONFIG
          && Files.size(file.get()) == config.size();
    } catch (IOException e) {
      throw new StoreException("cannot read blob " + config.digest() + ": " + e, e);
    }
  }

  /** Brings those layers of a configuration into the store that it lacks. */
  void layers(ImageReference reference, List<Descriptor> layers, ImageConfig config) {
    List<ChainId> chains = ChainId.ofEach(config.diffIds());
    TransferMeter meter = new TransferMeter(progress, layers);
    List<Callable<Digest>> tasks = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      Descriptor layer = layers.get(i);
      if (store.layers().find(chains.get(i)).isPresent()) {
        meter.skipped(layer, Phase.PRESENT, "");
        continue;
      }
      meter.phase(layer, Phase.WAITING);
      Optional<ChainId> parent = i == 0 ? Optional.empty() : Optional.of(chains.get(i - 1));
      Digest diffId = config.diffIds().get(i);
      tasks.add(() -> layer(reference, layer, parent, diffId, meter));
    }
    if (!tasks.isEmpty()) {
      Parallel.run("pull of " + reference, atOnce, tasks);
    }
  }

  private Digest layer(
      ImageReference reference,
      Descriptor layer,
      Optional<ChainId> parent,
      Digest diffId,
      TransferMeter meter) {
    if (store.blobs().find(layer.digest()).isPresent()) {
      meter.skipped(layer, Phase.EXTRACTING, "");
      store.layers().unpack(parent, diffId, layer);
    } else {
      try (InputStream bytes = new ResumingStream(registry, reference, layer);
          InputStream content = meter.counted(layer, Phase.DOWNLOADING, bytes)) {
        store.layers().receive(parent, diffId, layer, content);
      } catch (IOException e) {
        throw broken(reference, layer, e);
      } catch (UncheckedIOException e) {
        throw broken(reference, layer, new IOException(e.getMessage(), e));
      }
    }
    meter.phase(layer, Phase.DONE);
    return layer.digest();
  }

  private static ContentException broken(
      ImageReference reference, Descriptor blob, IOException cause) {
    return new ContentException(
        "cannot read "
            + blob.digest()
            + " of "
            + reference
            + " to its end: "
            + cause.getMessage()
            + "; try again",
        blob.digest(),
        cause);
  }

  static ImageNotFoundException notFound(ImageReference reference) {
    return new ImageNotFoundException(
        "the registry "
            + reference.registry()
            + " has no image "
            + reference
            + "; check the name and the tag, and whether it needs a login",
        reference.toString());
  }
}
