package io.jollyboat.store;

import io.jollyboat.DiskUsage;
import io.jollyboat.ImageId;
import io.jollyboat.ImageUsage;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Measures what images occupy, each layer and each blob once. Not safe for several threads. */
public final class StoreUsage {
  private final ImageStore store;
  private final Predicate<ImageId> inUse;
  private final Map<Object, Long> sizes = new HashMap<>();
  private final Map<ImageId, Set<Object>> parts = new HashMap<>();

  /**
   * @param inUse whether a container uses an image
   */
  public StoreUsage(ImageStore store, Predicate<ImageId> inUse) {
    this.store = store;
    this.inUse = inUse;
  }

  /** What was found; see {@link DiskUsage}. */
  public record Found(List<ImageUsage> images, DiskUsage.Part layers, DiskUsage.Part buildCache) {
    public Found {
      images = List.copyOf(images);
    }
  }

  public Found measure() {
    List<StoredImage> all = store.images().listAll();
    List<StoredImage> shown = all.stream().filter(image -> !image.intermediate()).toList();
    all.forEach(image -> parts.put(image.id(), partsOf(image)));
    Set<Object> active = union(all.stream().filter(image -> inUse.test(image.id())).toList());
    return new Found(images(shown), layers(active), cache(all, shown));
  }

  /** The layers of an image by chain id, and their blobs and its documents by digest. */
  private Set<Object> partsOf(StoredImage image) {
    Set<Object> found = new HashSet<>();
    for (ChainId id : ChainId.ofEach(image.config().diffIds())) {
      store
          .layers()
          .find(id)
          .ifPresent(
              layer -> {
                found.add(id);
                sizes.put(id, layer.size().bytes());
                layer.blobs().forEach(blob -> blob(found, blob.digest()));
              });
    }
    blob(found, image.id().digest());
    store.images().manifests(image.id()).forEach(manifest -> blob(found, manifest));
    return found;
  }

  private void blob(Set<Object> found, Digest digest) {
    found.add(digest);
    sizes.computeIfAbsent(digest, unused -> store.blobs().size(digest));
  }

  private List<ImageUsage> images(List<StoredImage> shown) {
    Map<Object, Integer> owners = new HashMap<>();
    shown.forEach(i -> partsOf(i.id()).forEach(part -> owners.merge(part, 1, Integer::sum)));
    List<ImageUsage> usage = new ArrayList<>();
    for (StoredImage image : shown) {
      long shared = 0;
      long unique = 0;
      for (Object part : partsOf(image.id())) {
        boolean alone = owners.getOrDefault(part, 0) == 1;
        shared += alone ? 0 : size(part);
        unique += alone ? size(part) : 0;
      }
      usage.add(new ImageUsage(image, new Size(shared), new Size(unique), inUse.test(image.id())));
    }
    return usage;
  }

  private Set<Object> partsOf(ImageId id) {
    return parts.getOrDefault(id, Set.of());
  }

  /** Everything that lies in the store, named by an image or not. */
  private DiskUsage.Part layers(Set<Object> active) {
    List<ChainId> layers = store.layers().list();
    long layerBytes = 0;
    for (ChainId id : layers) {
      layerBytes += store.layers().find(id).map(layer -> layer.size().bytes()).orElse(0L);
    }
    long all = layerBytes + store.blobs().list().stream().mapToLong(store.blobs()::size).sum();
    long used = sum(active);
    long busy = layers.stream().filter(active::contains).count();
    return new DiskUsage.Part(
        layers.size(), (int) busy, new Size(all), new Size(Math.max(0, all - used)));
  }

  private DiskUsage.Part cache(List<StoredImage> all, List<StoredImage> shown) {
    List<StoredImage> steps = all.stream().filter(StoredImage::intermediate).toList();
    Set<Object> own = union(steps);
    own.removeAll(union(shown));
    long active = steps.stream().filter(step -> inUse.test(step.id())).count();
    Size size = new Size(sum(own));
    return new DiskUsage.Part(steps.size(), (int) active, size, size);
  }

  private Set<Object> union(Collection<StoredImage> images) {
    Set<Object> union = new HashSet<>();
    images.forEach(image -> union.addAll(partsOf(image.id())));
    return union;
  }

  private long sum(Set<Object> some) {
    return some.stream().mapToLong(this::size).sum();
  }

  private long size(Object part) {
    return sizes.getOrDefault(part, 0L);
  }
}
