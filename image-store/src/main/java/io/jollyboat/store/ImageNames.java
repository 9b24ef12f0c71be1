package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The names of all images: each a repository with a tag, or with the digest that a registry has for
 * it. A copy of the file {@code names}, to be changed and written back under a lock. Not safe for
 * use by several threads.
 */
final class ImageNames {
  private static final ImageId NOBODY = new ImageId(Digest.sha256(new byte[0]));

  private final Map<String, ImageId> images = new LinkedHashMap<>();
  private final Map<String, Digest> indexes = new LinkedHashMap<>();
  private final Map<String, Set<ImageId>> platforms = new LinkedHashMap<>();
  private @Nullable Map<ImageId, List<String>> byImage;

  static ImageNames parse(byte[] content) {
    ImageNames names = new ImageNames();
    RecordText record = RecordText.parse(content);
    record.all("name").forEach(line -> names.images.put(name(line), new ImageId(digest(line))));
    record.all("index").forEach(line -> names.indexes.put(name(line), digest(line)));
    record
        .all("platform")
        .forEach(line -> names.platform(name(line)).add(new ImageId(digest(line))));
    return names;
  }

  private static String name(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  private static Digest digest(String line) {
    return Digest.parse(line.substring(line.indexOf(' ') + 1));
  }

  private Set<ImageId> platform(String key) {
    return platforms.computeIfAbsent(key, unused -> new LinkedHashSet<>());
  }

  byte[] bytes() {
    RecordText record = new RecordText();
    images.forEach((name, id) -> record.add("name", name + " " + id));
    indexes.forEach((name, digest) -> record.add("index", name + " " + digest));
    platforms.forEach((name, ids) -> ids.forEach(id -> record.add("platform", name + " " + id)));
    return record.bytes();
  }

  Optional<ImageId> find(ImageReference reference) {
    return Optional.ofNullable(images.get(key(reference)));
  }

  void put(ImageReference reference, ImageId id) {
    remove(reference);
    images.put(key(reference), id);
    byImage = null;
  }

  /**
   * Names the images of several platforms.
   *
   * @param id what the name alone stands for
   * @param index the document that lists them
   * @param all the images of it that are there
   */
  void put(ImageReference reference, ImageId id, Digest index, Collection<ImageId> all) {
    put(reference, id);
    indexes.put(key(reference), index);
    platform(key(reference)).addAll(all);
    byImage = null;
  }

  /**
   * Gives an image one more name, with the other platforms of its names when these agree: where the
   * same image belongs to several sets of platforms, none of them is meant.
   */
  void tag(ImageReference reference, ImageId id) {
    List<String> own = images.keySet().stream().filter(key -> id.equals(images.get(key))).toList();
    Set<Optional<Digest>> all = new HashSet<>();
    own.forEach(key -> all.add(Optional.ofNullable(indexes.get(key))));
    Optional<Digest> index = all.size() == 1 ? all.iterator().next() : Optional.empty();
    if (index.isPresent()) {
      put(reference, id, index.get(), Set.copyOf(platform(own.get(0))));
    } else {
      put(reference, id);
    }
  }

  /** The index that a name stands for, where it stands for several platforms. */
  Optional<Digest> index(ImageReference reference) {
    return Optional.ofNullable(indexes.get(key(reference)));
  }

  /** The names that stand for images that are not there. */
  List<String> broken(Predicate<ImageId> exists) {
    return images.keySet().stream()
        .filter(name -> !exists.test(images.getOrDefault(name, NOBODY)))
        .toList();
  }

  /** Takes away what is not there; false when all was. */
  boolean mend(Predicate<ImageId> exists, Predicate<Digest> isThere) {
    byte[] before = bytes();
    broken(exists).forEach(this::removeKey);
    platforms.values().forEach(ids -> ids.removeIf(id -> !exists.test(id)));
    List<String> lost =
        indexes.keySet().stream()
            .filter(name -> !isThere.test(indexes.getOrDefault(name, NOBODY.digest())))
            .toList();
    lost.forEach(indexes::remove);
    lost.forEach(platforms::remove);
    byImage = null;
    return !Arrays.equals(before, bytes());
  }

  /** Every index that a name stands for. */
  Set<Digest> indexes() {
    return Set.copyOf(indexes.values());
  }

  /** The images that a name stands for, that of this machine first. */
  Set<ImageId> platforms(ImageReference reference) {
    Set<ImageId> all = new LinkedHashSet<>();
    find(reference).ifPresent(all::add);
    all.addAll(platforms.getOrDefault(key(reference), Set.of()));
    return all;
  }

  /** Where a reference has both, the digest decides. */
  private static String key(ImageReference reference) {
    return reference
        .digest()
        .map(digest -> reference.withDigest(digest).canonical())
        .orElseGet(reference::canonical);
  }

  void remove(ImageReference reference) {
    removeKey(key(reference));
  }

  private void removeKey(String key) {
    byImage = null;
    images.remove(key);
    indexes.remove(key);
    platforms.remove(key);
  }

  /** Takes an image's names away; a name that stands for other platforms too stays theirs. */
  void removeAll(ImageId id) {
    List<String> own = images.keySet().stream().filter(key -> id.equals(images.get(key))).toList();
    own.forEach(this::removeKey);
    platforms.values().forEach(ids -> ids.remove(id));
    byImage = null;
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
    return byImage().getOrDefault(id, List.of()).stream().map(ImageReference::parse).toList();
  }

  /** Made once for all that ask before the next change: a list of images asks for each. */
  private Map<ImageId, List<String>> byImage() {
    Map<ImageId, List<String>> known = byImage;
    if (known != null) {
      return known;
    }
    Map<ImageId, List<String>> all = new HashMap<>();
    images.forEach(
        (name, image) -> {
          Set<ImageId> ids = new LinkedHashSet<>(List.of(image));
          ids.addAll(platforms.getOrDefault(name, Set.of()));
          ids.forEach(id -> all.computeIfAbsent(id, unused -> new ArrayList<>()).add(name));
        });
    byImage = all;
    return all;
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
