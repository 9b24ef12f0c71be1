package io.jollyboat.registry;

import io.jollyboat.InterruptedOperationException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;

/** Turns an interrupt of the calling thread into {@link InterruptedOperationException}. */
final class Interrupts {
  private Interrupts() {}

  /** Throws if the failure comes from an interrupt; the thread's flag is set then. */
  static void check(String what, IOException failure) {
    boolean interrupted =
        Thread.currentThread().isInterrupted()
            || failure instanceof ClosedByInterruptException
            || (failure instanceof InterruptedIOException
                && !(failure instanceof SocketTimeoutException)
                && "interrupted".equals(failure.getMessage()));
    if (interrupted) {
      throw stop(what, failure);
    }
  }

  static void sleep(String what, Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw stop(what, e);
    }
  }

  private static InterruptedOperationException stop(String what, Exception cause) {
    Thread.currentThread().interrupt();
    return new InterruptedOperationException(what + " was interrupted", cause);
  }
}
