package io.jollyboat.store;

import io.jollyboat.ConflictException;
import io.jollyboat.ImageId;
import io.jollyboat.oci.ImageReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** One removal of an image or a name, under the index's lock. Not safe for several threads. */
final class ImageRemoval {
  private final ImageIndex index;
  private final ImageNames names;
  private final Function<ImageId, List<String>> users;

  ImageRemoval(ImageIndex index, ImageNames names, Function<ImageId, List<String>> users) {
    this.index = index;
    this.names = names;
    this.users = users;
  }

  /**
   * @param name the name that was asked for; empty when it was an id
   */
  void remove(ImageId id, Optional<ImageReference> name, String asked) {
    boolean last = name.isEmpty() || isLast(id, name.get());
    if (last) {
      checkUnused(id, asked);
    }
    List<ImageId> children = children(id);
    boolean builtOn = !children.isEmpty();
    if (name.isEmpty() && builtOn) {
      throw new ConflictException(
          "image "
              + asked
              + " is what "
              + listed("image", children.stream().map(this::shown).toList())
              + " was built on; remove that first",
          asked);
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

  private void checkUnused(ImageId id, String asked) {
    List<String> containers = users.apply(id);
    if (!containers.isEmpty()) {
      throw new ConflictException(
          "image "
              + asked
              + " is used by "
              + listed("container", containers)
              + "; remove that first",
          asked);
    }
    if (index.record(id).filter(ImageRecord::pinned).isPresent()) {
      throw new ConflictException("image " + asked + " is pinned; unpin it first", asked);
    }
  }

  private static String listed(String what, List<String> names) {
    String first = what + " " + String.join(", ", names.subList(0, Math.min(3, names.size())));
    return names.size() > 3 ? first + " and " + (names.size() - 3) + " more" : first;
  }

  /** A name of it, or the beginning of its id. */
  private String shown(ImageId id) {
    return names.of(id).stream().findFirst().map(ImageReference::toString).orElse(id.shortHex());
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
    if (names.of(id).isEmpty() && !isKept(id)) {
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
        && !isKept(id);
  }

  private boolean isKept(ImageId id) {
    return !users.apply(id).isEmpty()
        || index.record(id).filter(ImageRecord::pinned).isPresent()
        || !children(id).isEmpty();
  }

  private List<ImageId> children(ImageId id) {
    return index.ids().stream()
        .filter(
            other ->
                index.record(other).flatMap(ImageRecord::parent).filter(id::equals).isPresent())
        .toList();
  }
}
