package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.EngineUnavailableException;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.ImageRoot;
import io.jollyboat.Probe;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.linux.rootfs.MountedRoot;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.store.ImageStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The images whose files are mounted for reading; closing it unmounts all. Safe for use by several
 * threads.
 */
final class ImageRoots implements AutoCloseable {
  private final ImageStore store;
  private final LayerTrees trees;
  private final Path empty;
  private final Set<Root> open = ConcurrentHashMap.newKeySet();

  /**
   * @param empty a directory that stays so
   */
  ImageRoots(ImageStore store, LayerTrees trees, Path empty) {
    this.store = store;
    this.trees = trees;
    this.empty = empty;
  }

  ImageRoot open(ImageId id) {
    if (!trees.ids().equals("identity")) {
      throw unavailable(
          id, "without root they belong to ids that this process cannot read as", null);
    }
    CloseStack held = new CloseStack();
    try {
      AutoCloseable unused = held.push(store.lease());
      StoredImage image =
          store
              .images()
              .find(id)
              .orElseThrow(
                  () -> new ImageNotFoundException("the store has no image " + id, id.toString()));
      List<Path> layers = ContainerPlans.layersTopFirst(store, image.config());
      Root root = new Root(image, layers, held.push(MountedRoot.of(layers, empty)), held);
      open.add(root);
      return root;
    } catch (IOException e) {
      held.close();
      throw unavailable(id, String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | Error e) {
      held.closeAfter(e);
      throw e;
    }
  }

  private static EngineUnavailableException unavailable(
      ImageId id, String why, @Nullable Exception cause) {
    String remedy = "read them from the archive that export gives";
    return new EngineUnavailableException(
        "the files of image " + id + " cannot be mounted: " + why + "; " + remedy,
        new Probe(List.of(new Probe.Capability("image roots", Probe.Status.MISSING, why, remedy))),
        cause);
  }

  @Override
  public void close() {
    try (CloseStack all = new CloseStack()) {
      new ArrayList<>(open).forEach(all::push);
    }
  }

  /** One that is open. */
  private final class Root implements ImageRoot {
    private final StoredImage image;
    private final List<Path> layers;
    private final MountedRoot mounted;
    private final CloseStack held;

    Root(StoredImage image, List<Path> layers, MountedRoot mounted, CloseStack held) {
      this.image = image;
      this.layers = layers;
      this.mounted = mounted;
      this.held = held;
    }

    @Override
    public StoredImage image() {
      return image;
    }

    @Override
    public Path path() {
      if (!open.contains(this)) {
        throw new ConflictException(
            "the root of image " + image.id() + " is closed", image.id().toString());
      }
      return mounted.directory();
    }

    @Override
    public Path resolve(String path) {
      Path root = path();
      try (MergedTree tree = trees.merge(layers)) {
        return root.resolve(tree.resolve(path));
      } catch (UncheckedIOException e) {
        throw new StoreException(
            "cannot resolve " + path + " in image " + image.id() + ": " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      if (open.remove(this)) {
        held.close();
      }
    }

    @Override
    public String toString() {
      return "root of " + image;
    }
  }
}
