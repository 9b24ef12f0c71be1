package io.jollyboat;

import org.jspecify.annotations.Nullable;

/** The calling thread was interrupted; its interrupt flag is set again. */
public final class InterruptedOperationException extends JollyboatException {
  public InterruptedOperationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
