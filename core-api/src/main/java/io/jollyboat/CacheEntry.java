package io.jollyboat;

import java.time.Instant;

/**
 * Something that a build has left for later ones. Immutable.
 *
 * @param id of a step the id of its image, of a mount what {@code RUN --mount=type=cache} calls it
 * @param description of a step how it was made
 * @param size bytes of files that nothing else has: of a step those of its own layer
 * @param lastUsed when a build last made it or took it, to the minute
 * @param inUse of a step: an image that is no step, a pinned one or a container needs it; of a
 *     mount: a command sees it now
 */
public record CacheEntry(
    Kind kind, String id, String description, Size size, Instant lastUsed, boolean inUse) {
  /** What it is. */
  public enum Kind {
    /** The image of a step, one that failed too. */
    STEP,
    /** A directory that outlives the commands that see it. */
    MOUNT
  }
}
