package io.jollyboat.engine;

import io.jollyboat.Images;
import io.jollyboat.Output;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.linux.rootfs.ContainerTree;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeWriter;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.TreeArchive;
import io.jollyboat.store.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Writes what was built to where the caller wants it. Safe for use by several threads. */
final class BuildOutputs {
  private final ImageStore store;
  private final LayerTrees trees;
  private final Images images;

  BuildOutputs(ImageStore store, LayerTrees trees, Images images) {
    this.store = store;
    this.trees = trees;
    this.images = images;
  }

  /**
   * Fails, before anything is built, for what stands in the way.
   *
   * @throws IllegalArgumentException a directory that is to receive files has some
   */
  static void check(List<Output> outputs) {
    for (Output output : outputs) {
      if (output instanceof Output.Directory to && !isFree(to.directory())) {
        throw new IllegalArgumentException(
            to.directory() + " is not an empty directory: empty it, or name another");
      }
    }
  }

  private static boolean isFree(Path directory) {
    if (!Files.exists(directory)) {
      return true;
    }
    try (Stream<Path> names = Files.list(directory)) {
      return names.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * @param tags under which an archive has the image
   */
  void write(StoredImage image, Set<String> tags, List<Output> outputs) {
    for (Output output : outputs) {
      if (output instanceof Output.Saved saved) {
        List<String> names = tags.isEmpty() ? List.of(image.id().toString()) : List.copyOf(tags);
        images.save(names, saved.destination(), spec -> spec.format(saved.format()));
      } else if (output instanceof Output.Tar to) {
        read(image, to.file(), tree -> tar(tree, to.file()));
      } else if (output instanceof Output.Directory to) {
        read(image, to.directory(), tree -> directory(tree, to.directory()));
      }
    }
  }

  private interface Reading {
    void read(Optional<LayerTree> tree) throws IOException;
  }

  private void read(StoredImage image, Path to, Reading reading) {
    FileLocks.Lock lease = store.lease();
    List<Path> layers = ContainerPlans.layersTopFirst(store, image.config());
    Optional<LayerTree> tree = Optional.empty();
    try {
      tree = trees.subtree(layers, "");
      reading.read(tree);
    } catch (IOException e) {
      throw new StoreException("the files of the build cannot be written to " + to + ": " + e, e);
    } finally {
      tree.ifPresent(LayerTree::close);
      lease.close();
    }
  }

  /** An image without layers has no tree, and an archive of nothing. */
  private static void tar(Optional<LayerTree> tree, Path file) throws IOException {
    WholeFile.write(
        file,
        out -> {
          TreeArchive archive = new TreeArchive(out);
          if (tree.isPresent()) {
            tree.get().forEach(archive);
          }
          archive.finish();
        });
  }

  private void directory(Optional<LayerTree> tree, Path directory) throws IOException {
    Path written =
        directory.resolveSibling("." + directory.getFileName() + ".part" + System.nanoTime());
    Files.createDirectories(written);
    try {
      if (tree.isPresent()) {
        try (ContainerTree to = ContainerTree.of(written);
            TreeWriter writer = to.writer("")) {
          tree.get()
              .forEach(
                  (entry, content) -> {
                    if (!entry.path().isEmpty()) {
                      ContainerFiles.writeHere(writer, entry, content);
                    }
                  });
          writer.settle();
        }
      }
      Files.move(written, directory, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      trees.delete(written);
    }
  }
}
