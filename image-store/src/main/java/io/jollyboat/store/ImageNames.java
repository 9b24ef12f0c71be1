package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of all images: each a repository with a tag, or with the digest that a registry has for
 * it. A copy of the file {@code names}, to be changed and written back under a lock. Not safe for
 * use by several threads.
 */
final class ImageNames {
  private final Map<String, ImageId> images = new LinkedHashMap<>();

  static ImageNames parse(byte[] content) {
    ImageNames names = new ImageNames();
    RecordText record = RecordText.parse(content);
    for (String line : record.all("name")) {
      int blank = line.indexOf(' ');
      ImageId id = new ImageId(Digest.parse(line.substring(blank + 1)));
      names.images.put(line.substring(0, blank), id);
    }
    return names;
  }

  byte[] bytes() {
    RecordText record = new RecordText();
    images.forEach((name, id) -> record.add("name", name + " " + id));
    return record.bytes();
  }

  Optional<ImageId> find(ImageReference reference) {
    return Optional.ofNullable(images.get(key(reference)));
  }

  void put(ImageReference reference, ImageId id) {
    String key = key(reference);
    images.remove(key);
    images.put(key, id);
  }

  /** Where a reference has both, the digest decides. */
  private static String key(ImageReference reference) {
    return reference
        .digest()
        .map(digest -> reference.withDigest(digest).canonical())
        .orElseGet(reference::canonical);
  }

  void remove(ImageReference reference) {
    images.remove(key(reference));
  }

  void removeAll(ImageId id) {
    images.values().removeIf(id::equals);
  }

  /** Takes away the digests of an image's repositories that no tag of it names any more. */
  void removeOrphanDigests(ImageId id) {
    List<ImageReference> all = of(id);
    for (ImageReference name : all) {
      boolean tagged = all.stream().anyMatch(other -> isTag(other) && other.sameRepository(name));
      if (!isTag(name) && !tagged) {
        remove(name);
      }
    }
  }

  static boolean isTag(ImageReference name) {
    return name.digest().isEmpty();
  }

  /** An image's names as they are kept: with a tag or with a digest. */
  List<ImageReference> of(ImageId id) {
    List<ImageReference> names = new ArrayList<>();
    images.forEach(
        (name, image) -> {
          if (image.equals(id)) {
            names.add(ImageReference.parse(name));
          }
        });
    return names;
  }

  /** An image's names for people: tags with the digest of their repository, and lone digests. */
  List<ImageReference> shown(ImageId id) {
    List<ImageReference> all = of(id);
    List<ImageReference> tags = all.stream().filter(ImageNames::isTag).toList();
    List<ImageReference> shown = new ArrayList<>();
    for (ImageReference tag : tags) {
      Optional<Digest> digest =
          all.stream()
              .filter(name -> !isTag(name) && name.sameRepository(tag))
              .reduce((earlier, later) -> later)
              .flatMap(ImageReference::digest);
      shown.add(digest.map(d -> ImageReference.parse(tag.canonical() + "@" + d)).orElse(tag));
    }
    for (ImageReference name : all) {
      if (!isTag(name) && tags.stream().noneMatch(name::sameRepository)) {
        shown.add(name);
      }
    }
    return shown;
  }
}
