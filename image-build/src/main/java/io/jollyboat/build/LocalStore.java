package io.jollyboat.build;

import io.jollyboat.ImageId;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.store.BuildCache;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import io.jollyboat.store.NewLayer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The image store as a build sees it. Safe for use by several threads. */
final class LocalStore implements BuildStore {
  private final ImageStore store;

  LocalStore(ImageStore store) {
    this.store = store;
  }

  @Override
  public Optional<StoredImage> find(ImageId id) {
    return store.images().find(id);
  }

  @Override
  public boolean hasLayer(ChainId layer) {
    return store.layers().find(layer).isPresent();
  }

  @Override
  public List<Path> layersTopFirst(ImageConfig config) {
    List<Path> trees = new ArrayList<>();
    for (Layer layer : store.layers().chain(config.diffIds())) {
      trees.add(layer.tree());
    }
    Collections.reverse(trees);
    return trees;
  }

  @Override
  public StoredImage add(ImageConfig config, Optional<ImageId> parent, boolean intermediate) {
    return store.images().add(config, parent, intermediate);
  }

  @Override
  public StoredImage add(
      ImageConfig config, Optional<ImageId> parent, List<ImageReference> references) {
    return store.images().add(config, parent, references);
  }

  @Override
  public StoredImage tag(List<StoredImage> platforms, List<ImageReference> references) {
    return store.platforms().tag(references, platforms);
  }

  @Override
  public Optional<ImageId> cached(Digest key, Set<String> places) {
    return store
        .cache()
        .find(key)
        .filter(hit -> hit.from().isEmpty() || places.contains(hit.from().get()))
        .map(BuildCache.Hit::image);
  }

  @Override
  public void remember(Digest key, ImageId image, String inputs, Optional<String> from) {
    store.cache().put(key, image, inputs, from);
  }

  @Override
  public List<String> earlierInputs() {
    return store.cache().inputs();
  }

  @Override
  public Optional<Digest> write(List<Digest> below, Collection<Piece> pieces) {
    return store
        .layers()
        .write(
            chain(below),
            visitor -> {
              for (Piece piece : pieces) {
                visitor.visit(piece.entry(), piece::open);
              }
            })
        .map(Layer::diffId);
  }

  @Override
  public Optional<Digest> squash(List<Digest> layers) {
    return store.layers().squash(layers).map(Layer::diffId);
  }

  @Override
  public void keepProvenance(ImageId image, byte[] predicate) {
    store.facts().keepProvenance(image, predicate);
  }

  @Override
  public void annotate(ImageId image, Map<String, String> annotations) {
    store.facts().annotate(image, annotations);
  }

  @Override
  public Changes begin() {
    return new Opened(store.layers().begin());
  }

  @Override
  public FileLocks locks() {
    return store.locks();
  }

  @Override
  public Path root() {
    return store.root();
  }

  @Override
  public Lease lease() {
    FileLocks.Lock lock = store.lease();
    return lock::close;
  }

  private static Optional<ChainId> chain(List<Digest> below) {
    return below.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(below));
  }

  private final class Opened implements Changes {
    private final NewLayer layer;

    Opened(NewLayer layer) {
      this.layer = layer;
    }

    @Override
    public Path diff() {
      return layer.diff();
    }

    @Override
    public Path work() {
      return layer.work();
    }

    @Override
    public Optional<Digest> commit(List<Digest> below, Optional<Instant> latest) {
      return store.layers().commit(layer, chain(below), latest).map(Layer::diffId);
    }

    @Override
    public void close() {
      layer.close();
    }
  }
}
