package io.jollyboat.oci.json;

/** A text is no JSON object, or one that nobody can be meant to read. */
public final class JsonTextException extends RuntimeException {
  private static final long serialVersionUID = 1;

  JsonTextException(String message) {
    super(message);
  }

  JsonTextException(String message, Throwable cause) {
    super(message, cause);
  }
}
