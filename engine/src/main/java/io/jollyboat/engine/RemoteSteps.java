package io.jollyboat.engine;

import io.jollyboat.CacheLocation;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.JollyboatException;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.build.HostBase;
import io.jollyboat.build.RemoteCaches;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.ManifestReader;
import io.jollyboat.spi.Registry;
import io.jollyboat.store.ImageStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Steps of builds as images of an index, in a registry or in a layout; or told of by the manifest
 * of the image that they made. Safe for use by several threads.
 */
final class RemoteSteps implements RemoteCaches {
  private static final String KEY = "io.jollyboat.build.key";
  private static final int MANIFESTS_AT_ONCE = 3;

  /** A layout has no names. */
  static final ImageReference LAYOUT = ImageReference.parse("layout.invalid/steps:latest");

  private final ImageStore store;
  private final Registry registry;

  RemoteSteps(ImageStore store, Registry registry) {
    this.store = store;
    this.registry = registry;
  }

  /** Where to ask, and for what. */
  record Place(Registry registry, ImageReference reference) {}

  private Place place(CacheLocation location) {
    return location instanceof CacheLocation.Directory directory
        ? new Place(new LayoutRegistry(directory.path()), LAYOUT)
        : new Place(registry, ((CacheLocation.Repository) location).reference());
  }

  @Override
  public Steps read(CacheLocation location, Platform platform, Progress progress) {
    try {
      Place place = place(location);
      Map<Digest, FetchedSteps.Source> steps = steps(place, platform);
      return new FetchedSteps(store, place, steps, progress);
    } catch (InterruptedOperationException e) {
      throw e;
    } catch (JollyboatException | OciFormatException e) {
      progress.warning("no steps are taken from " + location + ": " + e.getMessage());
      return (key, on, parent, replaces) -> Optional.empty();
    }
  }

  private static Map<Digest, FetchedSteps.Source> steps(Place place, Platform platform) {
    Optional<Descriptor> named = place.registry().resolve(place.reference());
    if (named.isEmpty()) {
      return Map.of();
    }
    if (MediaType.isIndex(named.get().mediaType())) {
      Map<Digest, FetchedSteps.Source> steps = listed(place, named.get());
      if (!steps.isEmpty()) {
        return steps;
      }
    }
    return new ManifestReader(place.registry())
        .find(place.reference(), platform)
        .map(ManifestReader.Found::manifest)
        .map(InlineSteps::read)
        .orElse(Map.of());
  }

  private static Map<Digest, FetchedSteps.Source> listed(Place place, Descriptor named) {
    byte[] document = ManifestReader.document(place.registry(), place.reference(), named);
    Map<Digest, FetchedSteps.Source> steps = new HashMap<>();
    for (Descriptor manifest : Index.parse(document).manifests()) {
      String key = manifest.annotations().get(KEY);
      if (key != null) {
        steps.put(Digest.parse(key), new FetchedSteps.Source.Listed(manifest));
      }
    }
    return steps;
  }

  @Override
  public void write(CacheLocation location, List<Step> steps, Progress progress) {
    Place place = place(location);
    String name = location.toString();
    Map<Step, Manifest> manifests = manifests(steps);
    new Push(store, place.registry(), progress).blobs(place.reference(), manifests.values());
    List<Callable<Digest>> tasks = new ArrayList<>();
    for (Manifest manifest : manifests.values().stream().distinct().toList()) {
      ImageReference reference = place.reference().withDigest(manifest.digest());
      tasks.add(
          () -> place.registry().pushManifest(reference, manifest.mediaType(), manifest.bytes()));
    }
    Parallel.run("push of the steps to " + name, MANIFESTS_AT_ONCE, tasks);
    List<Descriptor> all = new ArrayList<>();
    manifests.forEach(
        (step, manifest) ->
            all.add(manifest.descriptor().withAnnotation(KEY, step.key().toString())));
    Index index = Index.of(all);
    Digest unused =
        place.registry().pushManifest(place.reference(), index.mediaType(), index.bytes());
  }

  /** Those on this machine's own programs mean nothing elsewhere. */
  private Map<Step, Manifest> manifests(List<Step> steps) {
    Map<Step, Manifest> manifests = new LinkedHashMap<>();
    for (Step step : steps) {
      Optional<StoredImage> image = store.images().find(step.image());
      if (image.isPresent() && !HostBase.isOn(image.get().config())) {
        manifests.put(step, store.images().manifestFor(step.image()));
      }
    }
    return manifests;
  }

  @Override
  public void inline(StoredImage image, List<Step> steps) {
    if (HostBase.isOn(image.config())) {
      return;
    }
    Manifest plain = store.images().manifestFor(image.id());
    InlineSteps all = new InlineSteps(image.config());
    for (Step step : steps) {
      store.images().find(step.image()).ifPresent(made -> all.add(step.key(), made.config()));
    }
    if (!plain.mediaType().equals(MediaType.OCI_MANIFEST) || all.isEmpty()) {
      return; // an image that no step made
    }
    store.images().addManifest(image.id(), all.told(plain));
  }
}
