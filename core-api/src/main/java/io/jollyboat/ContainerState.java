package io.jollyboat;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is true of a container now. Immutable.
 *
 * @param pid of its first process on this machine, while it runs
 * @param exit how it ended the last time, unless it runs
 * @param started when it began to run the last time
 * @param finished when it ended the last time, unless it runs
 * @param restarts how often its policy has started it again
 * @param health of one that has a health check
 */
public record ContainerState(
    Status status,
    OptionalInt pid,
    Optional<ExitStatus> exit,
    Optional<Instant> started,
    Optional<Instant> finished,
    int restarts,
    Optional<Health> health) {

  /** Where it is in its life. */
  public enum Status {
    /** Made, and never started. */
    CREATED,
    RUNNING,
    /** Its processes stand still. */
    PAUSED,
    /** It has ended and is about to be started again. */
    RESTARTING,
    EXITED
  }
}
