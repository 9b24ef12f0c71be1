package io.jollyboat.build;

import io.jollyboat.InterruptedOperationException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells failures to read or write from interrupts of this thread, which look like them. */
final class Interruptions {
  private Interruptions() {}

  /**
   * The interrupt that an exception is, the thread's flag set.
   *
   * @param what the thread was doing
   */
  static Optional<InterruptedOperationException> in(Exception e, String what) {
    if (Thread.currentThread().isInterrupted()) {
      return Optional.of(new InterruptedOperationException(what + ": interrupted", e));
    }
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      boolean late = cause instanceof SocketTimeoutException;
      if (cause instanceof ClosedByInterruptException
          || (cause instanceof InterruptedIOException && !late)) {
        Thread.currentThread().interrupt();
        return Optional.of(new InterruptedOperationException(what + ": interrupted", e));
      }
    }
    return Optional.empty();
  }
}
