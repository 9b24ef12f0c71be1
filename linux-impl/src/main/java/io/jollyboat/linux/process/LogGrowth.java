package io.jollyboat.linux.process;

import java.io.InterruptedIOException;

/**
 * Lets readers wait until a log has grown or will grow no more. Safe for use by several threads.
 */
final class LogGrowth {

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

  /** Waits for a change after {@code seen}. */
  synchronized void await(long seen) throws InterruptedIOException {
    try {
      while (changes == seen && !ended) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for output");
    }
  }
}
