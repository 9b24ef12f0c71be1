package io.jollyboat.runtime;

/** A command that could not be carried out; the message is for the person who gave it. */
final class RuntimeFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RuntimeFailure(String message) {
    super(message);
  }

  RuntimeFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
