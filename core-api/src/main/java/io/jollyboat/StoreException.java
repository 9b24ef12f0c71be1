package io.jollyboat;

import org.jspecify.annotations.Nullable;

/** The store cannot be read or written: disk full, no permission, damaged. */
public final class StoreException extends JollyboatException {
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
