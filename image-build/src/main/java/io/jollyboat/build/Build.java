package io.jollyboat.build;

import io.jollyboat.BuildSpec;
import io.jollyboat.ImageId;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.StepRunner;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What all stages of one build share. Safe for use by several threads.
 *
 * @param directories the contexts that have names
 * @param text that the target was read from
 * @param arguments of the caller
 * @param platformArguments what ARG takes where the caller does not say
 * @param now the time that new images and directories carry
 * @param materials the images that it was built from
 * @param progress told of pulls
 * @param cache which steps it must not be asked for
 * @param remote steps of other machines
 * @param steps that this build knows the result of
 * @param present layers that this build has seen, which its lease keeps
 */
record Build(
    BuildSpec spec,
    BuildStore store,
    LayerTrees trees,
    StepRunner runner,
    BaseImages bases,
    WebSource web,
    Supplier<String> hostKey,
    CacheMounts cacheMounts,
    Optional<OpenContext> context,
    Map<String, OpenContext> directories,
    Optional<Dockerfile> text,
    Platform platform,
    Map<String, String> arguments,
    Map<String, String> platformArguments,
    Instant now,
    CacheChoice cache,
    Set<ChainId> present,
    List<Remote> remote,
    Queue<RemoteCaches.Step> steps,
    Materials materials,
    Progress progress) {

  /**
   * Steps of another machine.
   *
   * @param place where they are, as the caller named it
   */
  record Remote(String place, RemoteCaches.Steps steps) {}

  /** The image of a key, when it is whole, and not from a place that this build does not name. */
  Optional<StoredImage> cached(Digest key) {
    Set<String> places = remote.stream().map(Remote::place).collect(Collectors.toSet());
    return store
        .cached(key, places)
        .flatMap(store::find)
        .filter(image -> hasLayers(image.config()));
  }

  /**
   * What another machine has for a key. This one remembers it as that place's, for builds that name
   * it.
   *
   * @param on what the step is built on
   * @param replaces the image has other layers than that
   */
  Optional<StoredImage> fetched(KeyText inputs, ImageConfig on, ImageId parent, boolean replaces) {
    Digest key = inputs.digest();
    for (Remote one : remote) {
      Optional<StoredImage> found = one.steps().find(key, on, parent, replaces);
      if (found.isPresent()) {
        store.remember(key, found.get().id(), inputs.text(), Optional.of(one.place()));
        return found;
      }
    }
    return Optional.empty();
  }

  private boolean hasLayers(ImageConfig config) {
    for (ChainId layer : ChainId.ofEach(config.diffIds())) {
      if (!present.contains(layer)) {
        if (!store.hasLayer(layer)) {
          return false;
        }
        present.add(layer);
      }
    }
    return true;
  }

  /** The same all through the build, whatever becomes of the name meanwhile. */
  StoredImage pull(String reference, Platform wanted) {
    return materials.once(
        reference, wanted, () -> bases.resolve(reference, wanted, spec.pull(), progress));
  }

  /**
   * @throws IllegalArgumentException there is none
   */
  OpenContext requiredContext() {
    return context.orElseThrow(
        () ->
            new IllegalArgumentException(
                "there is no build context to read from: name a directory with context(...)"));
  }

  /** As {@link #now} with a build's timestamp, which no file may be younger than. */
  Optional<Instant> latest() {
    return spec.timestamp().isPresent() ? Optional.of(now) : Optional.empty();
  }
}
