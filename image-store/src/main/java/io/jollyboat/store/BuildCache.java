package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.Digest;
import java.nio.file.Path;
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

  private Path path(Digest key) {
    return files.path("cache", key.hex());
  }
}
