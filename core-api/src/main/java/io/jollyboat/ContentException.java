package io.jollyboat;

import io.jollyboat.oci.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes are not what their digest says, are cut short, malformed, or too large to be meant well.
 */
public final class ContentException extends JollyboatException {
  private final transient Optional<Digest> expected;

  public ContentException(String message, Digest expected, @Nullable Throwable cause) {
    super(message, cause);
    this.expected = Optional.of(expected);
  }

  /** Of content that nothing had a digest of, such as an archive. */
  public ContentException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.expected = Optional.empty();
  }

  /** The digest of the content that was wanted, where it had one. */
  public Optional<Digest> expected() {
    return expected;
  }
}
