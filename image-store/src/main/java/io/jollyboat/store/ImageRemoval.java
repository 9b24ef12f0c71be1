package io.jollyboat.store;

import io.jollyboat.ConflictException;
import io.jollyboat.ImageId;
import io.jollyboat.oci.ImageReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** One removal of an image or a name, under the index's lock. Not safe for several threads. */
final class ImageRemoval {
  private final ImageIndex index;
  private final ImageNames names;
  private final Predicate<ImageId> inUse;

  ImageRemoval(ImageIndex index, ImageNames names, Predicate<ImageId> inUse) {
    this.index = index;
    this.names = names;
    this.inUse = inUse;
  }

  /**
   * @param name the name that was asked for; empty when it was an id
   */
  void remove(ImageId id, Optional<ImageReference> name, String asked) {
    boolean last = name.isEmpty() || isLast(id, name.get());
    if (last && inUse.test(id)) {
      throw new ConflictException(
          "image " + asked + " is used by a container; remove the container first", asked);
    }
    boolean builtOn = hasChildren(id);
    if (name.isEmpty() && builtOn) {
      throw new ConflictException(
          "image " + asked + " is what another image was built on; remove that one first", asked);
    }
    Set<ImageId> others = new LinkedHashSet<>();
    name.ifPresent(n -> others.addAll(names.platforms(n)));
    others.remove(id);
    removeNames(id, name);
    others.forEach(this::deleteUnlessNeeded);
    if (last && !builtOn) {
      index.wantSweep();
      deleteWithUnneededParents(id);
    } else if (last) {
      index.record(id).ifPresent(r -> index.write(id, r.withStep(true), Optional.of(r)));
    }
  }

  /** Whether no tag is left without this name; digests alone keep nothing when a tag goes. */
  private boolean isLast(ImageId id, ImageReference name) {
    return names.of(id).stream()
        .filter(other -> !other.equals(stored(name)))
        .noneMatch(other -> ImageNames.isTag(other) || !ImageNames.isTag(name));
  }

  private static ImageReference stored(ImageReference name) {
    return name.digest().map(name::withDigest).orElse(name);
  }

  private void removeNames(ImageId id, Optional<ImageReference> name) {
    if (name.isPresent()) {
      names.remove(name.get());
      if (ImageNames.isTag(name.get())) {
        names.removeOrphanDigests(id);
      }
    } else {
      names.removeAll(id);
    }
    index.write(names);
  }

  /** Another platform's image of a name that is gone. */
  private void deleteUnlessNeeded(ImageId id) {
    if (names.of(id).isEmpty() && !inUse.test(id) && !hasChildren(id)) {
      index.wantSweep();
      deleteWithUnneededParents(id);
    }
  }

  private void deleteWithUnneededParents(ImageId id) {
    Optional<ImageId> next = Optional.of(id);
    while (next.isPresent()) {
      ImageId doomed = next.get();
      Optional<ImageId> parent = index.record(doomed).flatMap(ImageRecord::parent);
      index.delete(doomed);
      next = parent.filter(this::isUnneededStep);
    }
  }

  private boolean isUnneededStep(ImageId id) {
    return index.record(id).filter(ImageRecord::step).isPresent()
        && names.of(id).isEmpty()
        && !inUse.test(id)
        && !hasChildren(id);
  }

  private boolean hasChildren(ImageId id) {
    List<ImageId> all = index.ids();
    return all.stream()
        .flatMap(other -> index.record(other).stream())
        .anyMatch(record -> record.parent().filter(id::equals).isPresent());
  }
}
