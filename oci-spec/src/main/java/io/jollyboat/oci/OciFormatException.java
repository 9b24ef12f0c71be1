package io.jollyboat.oci;

/** A document, digest, reference or platform is not what the specification allows. */
public final class OciFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public OciFormatException(String message) {
    super(message);
  }

  public OciFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
