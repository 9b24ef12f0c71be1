package io.jollyboat.store;

import io.jollyboat.StoredImage;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The list of all images, kept for as long as no process has changed one: to read a thousand takes
 * many times longer than to look at two times of modification. Safe for use by several threads.
 */
final class ImageListing {
  /**
   * Two changes within a tick of the kernel's clock have one time: what was changed just now may
   * have changed again unseen.
   */
  private static final Duration YOUNG = Duration.ofSeconds(1);

  private final Path records;
  private final Path names;
  private volatile SoftReference<Kept> kept = new SoftReference<>(null);

  /**
   * @param records the directory whose entries are only replaced, which changes its time
   * @param names a file that is only replaced
   */
  ImageListing(Path records, Path names) {
    this.records = records;
    this.names = names;
  }

  private record Kept(Stamp stamp, List<StoredImage> images) {}

  /** What tells one state of the store from another. */
  private record Stamp(Instant records, Instant names, Object namesFile) {
    boolean isOlderThan(Instant time) {
      return records.isBefore(time) && names.isBefore(time);
    }
  }

  /** The list as it is now, read when it is not known. */
  List<StoredImage> get(Supplier<List<StoredImage>> read) {
    Instant now = Instant.now();
    Optional<Stamp> stamp = stamp();
    @Nullable Kept known = kept.get();
    if (known != null && stamp.filter(known.stamp()::equals).isPresent()) {
      return known.images();
    }
    List<StoredImage> images = read.get();
    if (stamp.filter(s -> s.isOlderThan(now.minus(YOUNG))).isPresent() && stamp.equals(stamp())) {
      kept = new SoftReference<>(new Kept(stamp.get(), images));
    }
    return images;
  }

  /** Empty where there is nothing yet. */
  private Optional<Stamp> stamp() {
    try {
      BasicFileAttributes file = Files.readAttributes(names, BasicFileAttributes.class);
      Object key = file.fileKey() == null ? "" : file.fileKey();
      return Optional.of(
          new Stamp(
              Files.getLastModifiedTime(records).toInstant(),
              file.lastModifiedTime().toInstant(),
              key));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
