package io.jollyboat;

import org.jspecify.annotations.Nullable;

/** A name or a port is in use, or what was asked for does not fit the state of things. */
public final class ConflictException extends JollyboatException {
  private final String what;

  public ConflictException(String message, String what) {
    this(message, what, null);
  }

  public ConflictException(String message, String what, @Nullable Throwable cause) {
    super(message, cause);
    this.what = what;
  }

  /** The name, port or object in the way. */
  public String what() {
    return what;
  }
}
