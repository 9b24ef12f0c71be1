package io.jollyboat.build;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Times as layers keep them: whole seconds, none later than a build's timestamp. */
final class FileTimes {
  private FileTimes() {}

  static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  static TreeEntry clamped(TreeEntry entry, Optional<Instant> latest) {
    FileAttributes attributes = entry.attributes();
    Instant time = seconds(attributes.modified());
    if (latest.isPresent() && time.isAfter(latest.get())) {
      time = seconds(latest.get());
    }
    return entry.withAttributes(attributes.withModified(time));
  }
}
