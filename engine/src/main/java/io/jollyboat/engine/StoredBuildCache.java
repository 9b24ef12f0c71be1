package io.jollyboat.engine;

import io.jollyboat.BuildCache;
import io.jollyboat.CacheEntry;
import io.jollyboat.CachePruneSpec;
import io.jollyboat.ImageId;
import io.jollyboat.build.CacheMounts;
import io.jollyboat.oci.Digest;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The steps and mounts of a store, as users see them. */
final class StoredBuildCache implements BuildCache {
  private final io.jollyboat.store.BuildCache steps;
  private final CacheMounts mounts;
  private final Function<ImageId, List<String>> users;
  private final Underway underway;

  /**
   * @param users the names of the containers that use an image
   */
  StoredBuildCache(
      io.jollyboat.store.BuildCache steps,
      CacheMounts mounts,
      Function<ImageId, List<String>> users,
      Underway underway) {
    this.steps = steps;
    this.mounts = mounts;
    this.users = users;
    this.underway = underway;
  }

  @Override
  public List<CacheEntry> list() {
    List<CacheEntry> all = new ArrayList<>(steps.steps(users));
    all.addAll(mounts.list());
    all.sort(Comparator.comparing(CacheEntry::lastUsed).reversed()); // equal ones stay in order
    return List.copyOf(all);
  }

  @Override
  public List<CacheEntry> prune(UnaryOperator<CachePruneSpec> options) {
    CachePruneSpec spec = options.apply(CachePruneSpec.defaults());
    return underway.call("the pruning of the build cache", () -> prune(spec));
  }

  private List<CacheEntry> prune(CachePruneSpec spec) {
    List<CacheEntry> doomed = doomed(spec);
    Set<ImageId> images = new HashSet<>();
    for (CacheEntry entry : doomed) {
      if (entry.kind() == CacheEntry.Kind.STEP) {
        images.add(image(entry));
      }
    }
    Set<ImageId> gone = steps.remove(images, users);
    return doomed.stream()
        .filter(
            entry ->
                entry.kind() == CacheEntry.Kind.STEP
                    ? gone.contains(image(entry))
                    : mounts.remove(entry.id()))
        .toList();
  }

  /** The longest unused first: of steps, each before what it was built on. */
  private List<CacheEntry> doomed(CachePruneSpec spec) {
    List<CacheEntry> latestFirst = list();
    long left =
        latestFirst.stream()
            .filter(entry -> !entry.inUse())
            .mapToLong(entry -> entry.size().bytes())
            .sum();
    long keep = spec.keep().isPresent() ? spec.keep().get().bytes() : -1;
    List<CacheEntry> doomed = new ArrayList<>();
    for (int i = latestFirst.size() - 1; i >= 0 && left > keep; i--) {
      CacheEntry entry = latestFirst.get(i);
      if (spec.matches(entry)) {
        doomed.add(entry);
        left -= entry.size().bytes();
      }
    }
    return doomed;
  }

  private static ImageId image(CacheEntry step) {
    return new ImageId(Digest.parse(step.id()));
  }

  @Override
  public void export(String mount, OutputStream archive) {
    boolean unused =
        underway.call(
            "the export of a cache mount",
            () -> {
              mounts.export(mount, archive);
              return true;
            });
  }
}
