package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.PruneSpec;
import io.jollyboat.StoredImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One prune, under the index's lock. Not safe for several threads. */
final class ImagePrune {
  private final ImageIndex index;
  private final PruneSpec spec;
  private final Function<ImageId, List<String>> users;
  private final ImageNames names;
  private final Map<ImageId, StoredImage> left = new HashMap<>();
  private final Map<ImageId, Integer> children = new HashMap<>();

  ImagePrune(ImageIndex index, PruneSpec spec, Function<ImageId, List<String>> users) {
    this.index = index;
    this.spec = spec;
    this.users = users;
    this.names = index.names();
  }

  /** Removes what nothing needs, and says what it was. */
  List<StoredImage> run() {
    List<StoredImage> all = index.listAll();
    for (StoredImage image : all) {
      left.put(image.id(), image);
      image.parent().ifPresent(parent -> children.merge(parent, 1, Integer::sum));
    }
    List<StoredImage> removed = new ArrayList<>();
    for (StoredImage image : all) {
      if (spec.matches(image)) {
        removeWithSteps(image, removed);
      }
    }
    index.wantSweep(); // what killed processes have left goes too
    if (!removed.isEmpty()) {
      index.write(names);
      removed.forEach(image -> index.delete(image.id()));
    }
    return removed;
  }

  /** What an image was built on may be what nothing needs once the image is gone. */
  private void removeWithSteps(StoredImage image, List<StoredImage> removed) {
    Optional<StoredImage> next = Optional.of(image);
    while (next.isPresent() && !isNeeded(next.get().id())) {
      StoredImage doomed = next.get();
      names.removeAll(doomed.id());
      left.remove(doomed.id());
      removed.add(doomed);
      Optional<ImageId> parent = doomed.parent();
      parent.ifPresent(id -> children.merge(id, -1, Integer::sum));
      next = parent.map(left::get).filter(p -> p.intermediate() || spec.matches(p));
    }
  }

  private boolean isNeeded(ImageId id) {
    return !left.containsKey(id)
        || children.getOrDefault(id, 0) > 0
        || index.record(id).filter(ImageRecord::pinned).isPresent()
        || !users.apply(id).isEmpty();
  }
}
