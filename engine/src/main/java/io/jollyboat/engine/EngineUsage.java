package io.jollyboat.engine;

import io.jollyboat.Container;
import io.jollyboat.DiskUsage;
import io.jollyboat.Size;
import io.jollyboat.Volume;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.store.StoreUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Measures what an engine's root occupies. Immutable. */
final class EngineUsage {
  private final LayerTrees trees;

  EngineUsage(LayerTrees trees) {
    this.trees = trees;
  }

  /**
   * @param upper where a container writes to
   */
  DiskUsage measure(
      StoreUsage.Found images,
      List<Container> containers,
      Function<Container, Path> upper,
      List<Volume> volumes,
      Predicate<Volume> isUsed) {
    return new DiskUsage(
        images.images(),
        images.layers(),
        part(containers, upper, Container::running),
        part(volumes, Volume::directory, isUsed),
        images.buildCache());
  }

  private <T> DiskUsage.Part part(
      List<T> things, Function<T, Path> directory, Predicate<T> isActive) {
    long all = 0;
    long idle = 0;
    int active = 0;
    for (T thing : things) {
      long size = size(directory.apply(thing));
      boolean busy = isActive.test(thing);
      all += size;
      idle += busy ? 0 : size;
      active += busy ? 1 : 0;
    }
    return new DiskUsage.Part(things.size(), active, new Size(all), new Size(idle));
  }

  /** Of what is deleted meanwhile, as much as was seen. */
  private long size(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    long[] sum = {0};
    try (LayerTree tree = trees.open(directory)) {
      tree.forEach(
          (entry, content) -> sum[0] += entry.kind() == TreeEntry.Kind.FILE ? entry.size() : 0);
    } catch (IOException | UncheckedIOException e) {
      return sum[0];
    }
    return sum[0];
  }
}
