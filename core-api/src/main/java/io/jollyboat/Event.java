package io.jollyboat;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened to a container. Immutable.
 *
 * @param facts what else there is to say, such as {@code exitCode}, {@code signal}, {@code health},
 *     {@code oldName}
 */
public record Event(
    Instant time, Kind kind, ContainerId container, String name, Map<String, String> facts) {
  public Event {
    facts = Map.copyOf(facts);
  }

  /** What happened. New kinds may be added. */
  public enum Kind {
    CREATE,
    START,
    /** Its first process has ended: {@code exitCode}. */
    DIE,
    /** The kernel has killed a process of it for want of memory. */
    OOM,
    /** A signal was sent: {@code signal}. */
    KILL,
    STOP,
    /** It was started again, by somebody or by its policy. */
    RESTART,
    /** Its policy could not start it again: {@code error}. */
    RESTART_FAILED,
    PAUSE,
    UNPAUSE,
    UPDATE,
    RENAME,
    /** Its health has changed: {@code health}. */
    HEALTH,
    /** It is removed. */
    DESTROY
  }
}
