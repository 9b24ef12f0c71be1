package io.jollyboat.store;

import io.jollyboat.ImageHistory;
import io.jollyboat.ImageId;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads histories: what the configuration says, with what the store has of each step. */
final class ImageHistories {
  private final ImageIndex images;
  private final LayerStore layers;

  ImageHistories(ImageIndex images, LayerStore layers) {
    this.images = images;
    this.layers = layers;
  }

  /** The last step first. A layer that the history says nothing of has a line without words. */
  List<ImageHistory> of(StoredImage image) {
    List<Size> sizes = layers.chain(image.config().diffIds()).stream().map(Layer::size).toList();
    Map<Integer, StoredImage> steps = steps(image);
    List<ImageHistory> lines = new ArrayList<>();
    int layer = 0;
    for (History entry : image.config().history()) {
      boolean has = !entry.emptyLayer() && layer < sizes.size();
      Size size = has ? sizes.get(layer++) : new Size(0);
      lines.add(0, line(Optional.ofNullable(steps.get(lines.size() + 1)), entry, size));
    }
    while (layer < sizes.size()) {
      History unsaid = new History(Optional.empty(), "", "", "", false);
      lines.add(0, line(Optional.empty(), unsaid, sizes.get(layer++)));
    }
    return lines;
  }

  private static ImageHistory line(Optional<StoredImage> step, History entry, Size size) {
    return new ImageHistory(
        step.map(StoredImage::id), entry, size, step.map(StoredImage::names).orElse(List.of()));
  }

  /** The image and those that it was built on, by the length of their histories. */
  private Map<Integer, StoredImage> steps(StoredImage image) {
    Map<Integer, StoredImage> steps = new HashMap<>();
    Optional<StoredImage> next = Optional.of(image);
    while (next.isPresent() && isBeginning(next.get(), image)) {
      StoredImage step = next.get();
      steps.putIfAbsent(step.config().history().size(), step);
      Optional<ImageId> parent = step.parent();
      next = parent.flatMap(images::find);
    }
    return steps;
  }

  private static boolean isBeginning(StoredImage step, StoredImage image) {
    List<Digest> all = image.config().diffIds();
    List<Digest> some = step.config().diffIds();
    return some.size() <= all.size() && all.subList(0, some.size()).equals(some);
  }
}
