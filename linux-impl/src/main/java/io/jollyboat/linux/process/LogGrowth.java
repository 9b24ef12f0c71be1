package io.jollyboat.linux.process;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Lets readers wait until a log has grown or will grow no more. Safe for use by several threads.
 */
final class LogGrowth {

  private static final Duration LONGEST = Duration.ofDays(1);

  private long changes;
  private boolean ended;

  /** A number that differs after the next change. */
  synchronized long changes() {
    return changes;
  }

  synchronized void grown() {
    changes++;
    notifyAll();
  }

  /** All output is in the file. */
  synchronized void end() {
    ended = true;
    grown();
  }

  synchronized boolean hasEnded() {
    return ended;
  }

  /** Waits for a change after {@code seen}, or until {@code end} if there is one. */
  synchronized void await(long seen, Optional<Instant> end) throws InterruptedIOException {
    try {
      while (changes == seen && !ended) {
        long millis = end.map(LogGrowth::millisUntil).orElse(Long.MAX_VALUE);
        if (millis <= 0) {
          return;
        }
        wait(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for output");
    }
  }

  /** Rounded up, so that the end has passed after it. */
  private static long millisUntil(Instant end) {
    Duration left = Duration.between(Instant.now(), end);
    if (left.isNegative()) {
      return 0;
    }
    return left.compareTo(LONGEST) > 0 ? LONGEST.toMillis() : left.toMillis() + 1;
  }
}
