package io.jollyboat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A registry could not be reached, refused, or answered wrongly. */
public final class RegistryException extends JollyboatException {
  private final int status;
  private final List<String> codes;
  private final transient Optional<Duration> retryAfter;

  public RegistryException(
      String message,
      int status,
      List<String> codes,
      Optional<Duration> retryAfter,
      @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
    this.codes = List.copyOf(codes);
    this.retryAfter = retryAfter;
  }

  /** The HTTP status; 0 when there was no answer. */
  public int status() {
    return status;
  }

  /** The error codes of the answer's body, as the distribution specification names them. */
  public List<String> codes() {
    return codes;
  }

  /** When to try again, where the registry said so. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
