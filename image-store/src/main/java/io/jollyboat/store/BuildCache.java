package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which image a build step gave for which inputs. Safe for use by several threads. */
public final class BuildCache {
  private final StoreFiles files;
  private final ImageIndex images;

  BuildCache(StoreFiles files, ImageIndex images) {
    this.files = files;
    this.images = images;
  }

  /**
   * A step that was run before.
   *
   * @param inputs what the key was made of, as the builder wrote it down
   */
  public record Hit(ImageId image, String inputs) {}

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
                        record.first("inputs").orElse("")));
    if (hit.isPresent() && !images.exists(hit.get().image())) {
      files.delete(path(key));
      return Optional.empty();
    }
    return hit;
  }

  /** Remembers a result, in place of an older one. */
  public void put(Digest key, ImageId image, String inputs) {
    RecordText record = new RecordText().add("image", image.toString()).add("inputs", inputs);
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

  /** The keys whose image is not there, or that cannot be read. */
  List<Digest> broken() {
    return files.list("cache").stream()
        .filter(name -> !files.read(files.path("cache", name)).map(this::isThere).orElse(true))
        .map(Digest::ofSha256)
        .toList();
  }

  private boolean isThere(byte[] entry) {
    try {
      return images.exists(new ImageId(Digest.parse(RecordText.parse(entry).required("image"))));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  void forget(Digest key) {
    files.delete(path(key));
  }

  /** One that is gone meanwhile is the oldest. */
  private static FileTime time(Path entry) {
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
