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
    Supplier<String> hostKey,
    CacheMounts cacheMounts,
    Optional<OpenContext> context,
    Map<String, OpenContext> directories,
    Optional<Dockerfile> text,
    Platform platform,
    Map<String, String> arguments,
    Map<String, String> platformArguments,
    Instant now,
    Set<ChainId> present,
    List<RemoteCaches.Steps> remote,
    Queue<RemoteCaches.Step> steps,
    Materials materials,
    Progress progress) {

  /** The image of a key, when it is whole. */
  Optional<StoredImage> cached(Digest key) {
    return store.cached(key).flatMap(store::find).filter(image -> hasLayers(image.config()));
  }

  /**
   * What another machine has for a key; this one's cache has it afterwards.
   *
   * @param on what the step is built on
   */
  Optional<StoredImage> fetched(Digest key, ImageConfig on, ImageId parent, KeyText inputs) {
    for (RemoteCaches.Steps one : remote) {
      Optional<StoredImage> found = one.find(key, on, parent);
      if (found.isPresent()) {
        store.remember(key, found.get().id(), inputs.text());
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

  StoredImage pull(String reference, Platform wanted) {
    StoredImage found = bases.resolve(reference, wanted, spec.pull(), progress);
    materials.add(reference, found);
    return found;
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
