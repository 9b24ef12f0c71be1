package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Progress;
import io.jollyboat.Progress.Phase;
import io.jollyboat.Pushed;
import io.jollyboat.RegistryException;
import io.jollyboat.Size;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.TransferSpec;
import io.jollyboat.build.HostBase;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.Registry;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.PlatformImages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** Push, as a list of steps: manifest, blobs that the registry lacks, manifest last. */
final class Push {
  private static final int ATTEMPTS = 3;

  private final ImageStore store;
  private final Registry registry;
  private final Progress progress;
  private final int atOnce;

  Push(ImageStore store, Registry registry, Progress progress) {
    this(store, registry, progress, TransferSpec.defaults().concurrency());
  }

  /**
   * @param atOnce how many blobs move at the same time, at most
   */
  Push(ImageStore store, Registry registry, Progress progress, int atOnce) {
    this.store = store;
    this.registry = registry;
    this.progress = new SerialProgress(progress);
    this.atOnce = atOnce;
  }

  /**
   * @param platform if only one is wanted of a name that has several
   */
  Pushed push(ImageReference reference, Optional<Platform> platform) {
    try (FileLocks.Lock lease = store.lease()) {
      return pushHeld(reference, platform);
    }
  }

  private Pushed pushHeld(ImageReference reference, Optional<Platform> platform) {
    List<StoredImage> images = store.platforms().of(reference);
    if (images.isEmpty()) {
      throw notNamed(reference);
    }
    images.forEach(image -> refuseHost(reference, image));
    Optional<PlatformImages.Whole> whole =
        platform.isPresent() ? Optional.empty() : store.platforms().whole(reference);
    progress.transferStarted(reference.toString(), true);
    if (platform.isEmpty() && whole.isEmpty() && images.size() > 1) {
      progress.warning(
          reference
              + " stands for several platforms, of which the store lacks a part: only that for "
              + images.get(0).platform()
              + " is pushed");
    }
    Pushed pushed =
        whole.isPresent()
            ? all(reference, whole.get())
            : one(reference, platform.map(p -> of(p, images, reference)).orElse(images.get(0)));
    progress.transferFinished(reference.toString(), true, pushed.digest(), pushed.size());
    return pushed;
  }

  private static StoredImage of(
      Platform platform, List<StoredImage> images, ImageReference reference) {
    return images.stream()
        .filter(image -> image.platform().runsOn(platform))
        .min((a, b) -> Platform.bestFor(platform).compare(a.platform(), b.platform()))
        .orElseThrow(
            () ->
                new ImageNotFoundException(
                    "the store has no image named "
                        + reference
                        + " for "
                        + platform
                        + ", only for "
                        + images.stream().map(image -> image.platform().toString()).toList(),
                    reference.toString()));
  }

  private static void refuseHost(ImageReference reference, StoredImage image) {
    if (HostBase.isOn(image.config())) {
      throw new ConflictException(
          reference
              + " is built on this machine's own programs and means nothing elsewhere: it is never"
              + " pushed",
          reference.toString());
    }
  }

  private Pushed one(ImageReference reference, StoredImage image) {
    Manifest manifest = store.images().manifestFor(image.id());
    blobs(reference, List.of(manifest));
    Digest digest = registry.pushManifest(reference, manifest.mediaType(), manifest.bytes());
    store.images().addPushed(image.id(), reference, manifest);
    return new Pushed(reference, digest, new Size(manifest.bytes().length));
  }

  /** Every platform, then the index: registries refuse one whose manifests they lack. */
  private Pushed all(ImageReference reference, PlatformImages.Whole whole) {
    blobs(reference, whole.manifests());
    for (Manifest manifest : whole.manifests()) {
      Digest unused =
          registry.pushManifest(
              reference.withDigest(manifest.digest()), manifest.mediaType(), manifest.bytes());
    }
    Index index = whole.index();
    Digest digest = registry.pushManifest(reference, index.mediaType(), index.bytes());
    store.platforms().addPushed(reference, digest);
    return new Pushed(reference, digest, new Size(index.bytes().length));
  }

  /** Sends those that the registry lacks, all of which the store has. */
  void blobs(ImageReference reference, Collection<Manifest> manifests) {
    Set<Descriptor> all = new LinkedHashSet<>();
    Set<Descriptor> configs = new LinkedHashSet<>();
    for (Manifest manifest : manifests) {
      configs.add(manifest.config());
      for (Descriptor layer : manifest.layers()) {
        if (!MediaType.isForeignLayer(layer.mediaType())) {
          all.add(layer);
        }
      }
    }
    TransferMeter meter = new TransferMeter(progress, List.copyOf(all));
    List<Callable<Digest>> tasks = new ArrayList<>();
    for (Descriptor layer : all) {
      meter.phase(layer, Phase.WAITING);
      tasks.add(() -> blob(reference, layer, Optional.of(meter)));
    }
    configs.forEach(config -> tasks.add(() -> blob(reference, config, Optional.empty())));
    Parallel.run("push of " + reference, atOnce, tasks);
  }

  private Digest blob(ImageReference to, Descriptor blob, Optional<TransferMeter> meter) {
    if (registry.mount(to, to, blob)) {
      meter.ifPresent(m -> m.skipped(blob, Phase.PRESENT, ""));
    } else {
      Optional<ImageReference> from = mountedFrom(to, blob);
      if (from.isPresent()) {
        String path = from.get().path();
        meter.ifPresent(m -> m.skipped(blob, Phase.MOUNTED, path));
      } else {
        send(to, blob, meter);
      }
    }
    store.sources().add(blob.digest(), to);
    return blob.digest();
  }

  private Optional<ImageReference> mountedFrom(ImageReference to, Descriptor blob) {
    for (ImageReference source : store.sources().of(blob.digest())) {
      if (source.registry().equals(to.registry()) && !source.sameRepository(to)) {
        if (registry.mount(source, to, blob)) {
          return Optional.of(source);
        }
      }
    }
    return Optional.empty();
  }

  private void send(ImageReference to, Descriptor blob, Optional<TransferMeter> meter) {
    Path file =
        store
            .blobs()
            .find(blob.digest())
            .orElseThrow(
                () ->
                    new StoreException(
                        "the store lacks blob " + blob.digest() + " of " + to, null));
    for (int attempt = 1; !sent(to, blob, file, meter, attempt); attempt++) {
      // Sent again from its beginning.
    }
    meter.ifPresent(m -> m.phase(blob, Phase.DONE));
  }

  /** Whether the registry took it; false when it gave up what it had, and may not the next time. */
  private boolean sent(
      ImageReference to, Descriptor blob, Path file, Optional<TransferMeter> meter, int attempt) {
    try (InputStream plain = Files.newInputStream(file);
        InputStream content =
            meter.isPresent() ? meter.get().counted(blob, Phase.PUSHING, plain) : plain) {
      registry.pushBlob(to, blob, content);
      return true;
    } catch (RegistryException e) {
      boolean passing = e.status() == 0 || e.status() == 404 || e.status() == 416;
      if (!passing || attempt >= ATTEMPTS || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return false;
    } catch (IOException e) {
      throw new StoreException("cannot read blob " + file + ": " + e, e);
    }
  }

  private static ImageNotFoundException notNamed(ImageReference reference) {
    return new ImageNotFoundException(
        "the store has no image named "
            + reference
            + ": tag one first, images().tag(id, \""
            + reference
            + "\")",
        reference.toString());
  }
}
