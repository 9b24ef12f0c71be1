package io.jollyboat.store.compression;

import java.io.IOException;

/** Compressed data is damaged, or of a form that is not read here. */
public final class CompressionException extends IOException {
  private static final long serialVersionUID = 1L;

  CompressionException(String message) {
    super(message);
  }

  CompressionException(String message, Throwable cause) {
    super(message, cause);
  }
}
