package io.jollyboat.store;

import io.jollyboat.CacheEntry;
import io.jollyboat.ImageId;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.History;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Which images are steps of builds, and which of them something else needs. Immutable. */
final class StepImages {
  private final ImageIndex index;
  private final LayerStore layers;
  private final Map<ImageId, List<Path>> keys;
  private final Map<ImageId, StoredImage> all = new LinkedHashMap<>();
  private final Set<ImageId> needed = new HashSet<>();
  private final Set<ChainId> neededLayers = new HashSet<>();

  /**
   * @param keys the entries of the cache that lead to each image
   */
  StepImages(
      ImageIndex index,
      LayerStore layers,
      Map<ImageId, List<Path>> keys,
      Function<ImageId, List<String>> users) {
    this.index = index;
    this.layers = layers;
    this.keys = keys;
    index.listAll().forEach(image -> all.put(image.id(), image));
    for (StoredImage image : all.values()) {
      boolean pinned = index.record(image.id()).filter(ImageRecord::pinned).isPresent();
      if (!image.intermediate() || pinned || !users.apply(image.id()).isEmpty()) {
        need(image);
      }
    }
  }

  /** And all that it was built on. */
  private void need(StoredImage image) {
    neededLayers.addAll(ChainId.ofEach(image.config().diffIds()));
    Optional<StoredImage> next = Optional.of(image);
    while (next.isPresent() && needed.add(next.get().id())) {
      next = next.get().parent().map(all::get);
    }
  }

  /** The latest used first; a step is at least as late as those that were built on it. */
  List<CacheEntry> entries() {
    Map<ImageId, Instant> used = lastUsed();
    Comparator<StoredImage> order =
        Comparator.comparing((StoredImage image) -> used.getOrDefault(image.id(), Instant.EPOCH))
            .reversed()
            .thenComparing(image -> image.config().history().size());
    Set<ChainId> counted = new HashSet<>(neededLayers);
    List<CacheEntry> entries = new ArrayList<>();
    for (StoredImage image : all.values().stream().sorted(order).toList()) {
      if (image.intermediate()) {
        entries.add(
            new CacheEntry(
                CacheEntry.Kind.STEP,
                image.id().toString(),
                description(image),
                size(image, counted),
                used.getOrDefault(image.id(), Instant.EPOCH),
                needed.contains(image.id())));
      }
    }
    return List.copyOf(entries);
  }

  private Map<ImageId, Instant> lastUsed() {
    Map<ImageId, Instant> used = new HashMap<>();
    for (StoredImage image : all.values()) {
      Instant own =
          keys.getOrDefault(image.id(), List.of()).stream()
              .map(entry -> BuildCache.time(entry).toInstant())
              .max(Comparator.naturalOrder())
              .or(() -> index.record(image.id()).map(ImageRecord::added))
              .orElse(Instant.EPOCH);
      Optional<StoredImage> next = Optional.of(image);
      while (next.isPresent() && used.getOrDefault(next.get().id(), Instant.MIN).isBefore(own)) {
        used.put(next.get().id(), own);
        next = next.get().parent().map(all::get);
      }
    }
    return used;
  }

  private static String description(StoredImage image) {
    List<History> history = image.config().history();
    return history.isEmpty() ? "" : history.get(history.size() - 1).createdBy();
  }

  /** Of the layer that it has and what it was built on has not, unless it has been counted. */
  private Size size(StoredImage image, Set<ChainId> counted) {
    List<ChainId> own = ChainId.ofEach(image.config().diffIds());
    long bytes = 0;
    for (ChainId layer : own) {
      if (counted.add(layer)) {
        bytes += layers.find(layer).map(found -> found.size().bytes()).orElse(0L);
      }
    }
    return new Size(bytes);
  }

  /** Those of some steps that nothing needs, not even a step that stays; in order of removal. */
  Set<ImageId> unneeded(Set<ImageId> steps) {
    Set<ImageId> doomed = new LinkedHashSet<>(steps);
    doomed.retainAll(all.keySet());
    doomed.removeAll(needed);
    for (StoredImage image : all.values()) {
      Optional<StoredImage> next =
          doomed.contains(image.id()) ? Optional.empty() : Optional.of(image);
      while (next.isPresent()) {
        doomed.remove(next.get().id());
        next = next.get().parent().map(all::get);
      }
    }
    return doomed;
  }
}
