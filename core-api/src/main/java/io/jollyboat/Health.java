package io.jollyboat;

import java.time.Instant;
import java.util.List;

/**
 * What a container's health check says. Immutable.
 *
 * @param failures in a row
 * @param results the last five, oldest first
 */
public record Health(Status status, int failures, List<Result> results) {
  public Health {
    results = List.copyOf(results);
  }

  /** How a container is. */
  public enum Status {
    /** It has not been well yet, and has time left to become so. */
    STARTING,
    HEALTHY,
    UNHEALTHY
  }

  /**
   * One check. Immutable.
   *
   * @param code of the command's exit; -1 when it could not be run or took too long
   * @param output the first 4 KiB of what it printed
   */
  public record Result(Instant started, Instant ended, int code, String output) {}
}
