package io.jollyboat.store;

import io.jollyboat.CacheEntry;
import io.jollyboat.ImageId;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Which image a build step gave for which inputs. Safe for use by several threads. */
public final class BuildCache {
  private final StoreFiles files;
  private final ImageIndex images;
  private final LayerStore layers;

  BuildCache(StoreFiles files, ImageIndex images, LayerStore layers) {
    this.files = files;
    this.images = images;
    this.layers = layers;
  }

  /**
   * A step that was run before.
   *
   * @param inputs what the key was made of, as the builder wrote it down
   * @param from the place of another machine's cache that it was taken from
   */
  public record Hit(ImageId image, String inputs, Optional<String> from) {}

  /** The result for a key, if it is known and the image still exists. */
  public Optional<Hit> find(Digest key) {
    Optional<Hit> hit =
        files
            .read(path(key))
            .map(RecordText::parse)
            .map(
                record ->
                    new Hit(
                        new ImageId(Digest.parse(record.required("image"))),
                        record.first("inputs").orElse(""),
                        record.first("from")));
    if (hit.isPresent() && !images.exists(hit.get().image())) {
      files.delete(path(key));
      return Optional.empty();
    }
    hit.ifPresent(known -> touch(path(key)));
    return hit;
  }

  /** Those that prune by age want to know when it was last of use, to the minute. */
  private static void touch(Path entry) {
    Instant now = Instant.now();
    if (time(entry).toInstant().isBefore(now.minusSeconds(60))) {
      try {
        Files.setLastModifiedTime(entry, FileTime.from(now));
      } catch (IOException e) {
        // It is gone meanwhile, and so is nothing that is older.
        return;
      }
    }
  }

  /**
   * The images of steps, the latest used first.
   *
   * @param users the names of the containers that use an image
   */
  public List<CacheEntry> steps(Function<ImageId, List<String>> users) {
    return new StepImages(images, layers, keys(), users).entries();
  }

  /**
   * Removes images of steps that nothing else needs, with their layers as soon as nobody pulls or
   * builds.
   *
   * @return those that were removed
   */
  public Set<ImageId> remove(Set<ImageId> steps, Function<ImageId, List<String>> users) {
    Set<ImageId> removed;
    FileLocks.Lock lock = images.lock();
    try {
      Map<ImageId, List<Path>> keys = keys();
      removed = new StepImages(images, layers, keys, users).unneeded(steps);
      for (ImageId image : removed) {
        keys.getOrDefault(image, List.of()).forEach(files::delete);
        images.delete(image);
      }
      images.wantSweep();
    } finally {
      lock.close();
    }
    images.sweepIfWanted();
    return removed;
  }

  /** The entries that lead to each image. */
  private Map<ImageId, List<Path>> keys() {
    Map<ImageId, List<Path>> keys = new HashMap<>();
    for (String name : files.list("cache")) {
      Path entry = files.path("cache", name);
      files
          .read(entry)
          .map(RecordText::parse)
          .flatMap(record -> record.first("image"))
          .map(Digest::parse)
          .ifPresent(
              image -> keys.computeIfAbsent(new ImageId(image), i -> new ArrayList<>()).add(entry));
    }
    return keys;
  }

  /**
   * Remembers a result, in place of an older one.
   *
   * @param from as {@link Hit} has it
   */
  public void put(Digest key, ImageId image, String inputs, Optional<String> from) {
    RecordText record =
        new RecordText().add("image", image.toString()).add("inputs", inputs).add("from", from);
    files.replace(path(key), record.bytes());
  }

  /** What the keys of all entries were made of, the latest first. */
  public List<String> inputs() {
    List<Path> entries = new ArrayList<>();
    files.list("cache").forEach(name -> entries.add(files.path("cache", name)));
    Map<Path, FileTime> times = new HashMap<>();
    entries.forEach(entry -> times.put(entry, time(entry)));
    entries.sort(Comparator.comparing(times::get, Comparator.reverseOrder()));
    List<String> inputs = new ArrayList<>();
    for (Path entry : entries) {
      files
          .read(entry)
          .map(RecordText::parse)
          .flatMap(r -> r.first("inputs"))
          .ifPresent(inputs::add);
    }
    return inputs;
  }

  /** The keys whose entry cannot be read. That an image is gone is nothing unusual. */
  List<Digest> malformed() {
    return files.list("cache").stream()
        .filter(name -> files.read(files.path("cache", name)).filter(this::isMalformed).isPresent())
        .map(Digest::ofSha256)
        .toList();
  }

  private boolean isMalformed(byte[] entry) {
    try {
      ImageId unused = new ImageId(Digest.parse(RecordText.parse(entry).required("image")));
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  void forget(Digest key) {
    files.delete(path(key));
  }

  /** One that is gone meanwhile is the oldest. */
  static FileTime time(Path entry) {
    try {
      return Files.getLastModifiedTime(entry);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private Path path(Digest key) {
    return files.path("cache", key.hex());
  }
}
