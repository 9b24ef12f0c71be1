package io.jollyboat.engine;

import io.jollyboat.ImageId;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.JollyboatException;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.build.HostBase;
import io.jollyboat.build.RemoteCaches;
import io.jollyboat.linux.launcher.OverlayRoot;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.registry.ManifestReader;
import io.jollyboat.store.ImageStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of one place, each fetched when it is wanted. Safe for use by several threads. */
final class FetchedSteps implements RemoteCaches.Steps {
  private final ImageStore store;
  private final RemoteSteps.Place place;
  private final Map<Digest, Source> steps;
  private final Progress progress;

  FetchedSteps(
      ImageStore store, RemoteSteps.Place place, Map<Digest, Source> steps, Progress progress) {
    this.store = store;
    this.place = place;
    this.steps = Map.copyOf(steps);
    this.progress = progress;
  }

  /** What says what a step gave. */
  sealed interface Source {
    /** A manifest that has to be fetched. */
    record Listed(Descriptor manifest) implements Source {}

    /**
     * A configuration that is told of by an image's manifest, packed, and the layers of that image.
     */
    record Inline(String config, List<Descriptor> layers) implements Source {}

    /** All of it. */
    record Told(ImageConfig config, List<Descriptor> layers) implements Source {}
  }

  @Override
  public Optional<StoredImage> find(Digest key, ImageConfig on, ImageId parent, boolean replaces) {
    Source source = steps.get(key);
    if (source == null) {
      return Optional.empty();
    }
    try {
      return taken(told(source), on, parent, replaces);
    } catch (InterruptedOperationException e) {
      throw e;
    } catch (JollyboatException | OciFormatException e) {
      progress.warning(
          "a step that " + place.reference() + " has cannot be taken: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Source.Told told(Source source) {
    if (source instanceof Source.Listed listed) {
      return fetched(listed.manifest());
    }
    return source instanceof Source.Inline inline
        ? InlineSteps.unpacked(inline)
        : (Source.Told) source;
  }

  private Source.Told fetched(Descriptor named) {
    Manifest manifest =
        Manifest.parse(ManifestReader.document(place.registry(), place.reference(), named));
    Pull pull = new Pull(store, place.registry(), progress);
    ImageConfig config =
        pull.config(new ManifestReader(place.registry()), place.reference(), manifest);
    return new Source.Told(config, manifest.layers());
  }

  /** A step changes neither platform nor, as a rule, what lies below it. */
  private Optional<StoredImage> taken(
      Source.Told told, ImageConfig on, ImageId parent, boolean replaces) {
    List<Digest> layers = told.config().diffIds();
    List<Digest> below = on.diffIds();
    boolean follows =
        replaces
            || (layers.size() >= below.size() && layers.subList(0, below.size()).equals(below));
    if (!follows
        || layers.size() != told.layers().size()
        || layers.size() > OverlayRoot.MOST_LAYERS
        || HostBase.isOn(told.config())
        || !told.config().platform().equals(on.platform())) {
      progress.warning(
          "a step that " + place.reference() + " has is on something else, and is not taken");
      return Optional.empty();
    }
    new Pull(store, place.registry(), progress)
        .layers(place.reference(), told.layers(), told.config());
    return Optional.of(store.images().add(told.config(), Optional.of(parent), true));
  }
}
