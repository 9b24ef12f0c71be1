package io.jollyboat;

import io.jollyboat.oci.Digest;
import org.jspecify.annotations.Nullable;

/**
 * Bytes are not what their digest says, are cut short, malformed, or too large to be meant well.
 */
public final class ContentException extends JollyboatException {
  private final transient Digest expected;

  public ContentException(String message, Digest expected, @Nullable Throwable cause) {
    super(message, cause);
    this.expected = expected;
  }

  /** The digest of the content that was wanted. */
  public Digest expected() {
    return expected;
  }
}
