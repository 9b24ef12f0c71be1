package io.jollyboat.engine;

import io.jollyboat.ExitStatus;
import io.jollyboat.RestartPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * When a container that ended is started again: after 100 ms, and twice as long each time up to a
 * minute, until it has run for ten seconds. Not safe for use by several threads.
 */
final class Restarts {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

  private final RestartPolicy policy;
  private int count;
  private Duration next = FIRST;

  Restarts(RestartPolicy policy) {
    this.policy = policy;
  }

  /** How often it was started again since somebody started it. */
  int count() {
    return count;
  }

  /** Somebody has started it: what was before does not count. */
  void begin() {
    count = 0;
    next = FIRST;
  }

  /** How long to wait before the next start, if there is to be one; it counts from now on. */
  Optional<Duration> after(ExitStatus end) {
    if (!wanted(end)) {
      return Optional.empty();
    }
    if (end.ran().compareTo(LONG_ENOUGH) >= 0) {
      next = FIRST;
    }
    Duration pause = next;
    Duration twice = pause.multipliedBy(2);
    next = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    count++;
    return Optional.of(pause);
  }

  private boolean wanted(ExitStatus end) {
    return switch (policy.kind()) {
      case NO -> false;
      case ALWAYS, UNLESS_STOPPED -> true;
      case ON_FAILURE -> end.code() != 0 && count < policy.most().orElse(Integer.MAX_VALUE);
    };
  }
}
