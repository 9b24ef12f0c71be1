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
  private final transient Optional<RateLimit> rateLimit;

  public RegistryException(
      String message,
      int status,
      List<String> codes,
      Optional<Duration> retryAfter,
      @Nullable Throwable cause) {
    this(message, status, codes, retryAfter, Optional.empty(), cause);
  }

  private RegistryException(
      String message,
      int status,
      List<String> codes,
      Optional<Duration> retryAfter,
      Optional<RateLimit> rateLimit,
      @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
    this.codes = List.copyOf(codes);
    this.retryAfter = retryAfter;
    this.rateLimit = rateLimit;
  }

  /** A refusal because too much was asked for. */
  public static RegistryException limited(
      String message, List<String> codes, Optional<Duration> retryAfter, RateLimit limit) {
    return new RegistryException(message, 429, codes, retryAfter, Optional.of(limit), null);
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

  /** The limit that was met, and when it ends, where the registry said so: of status 429. */
  public Optional<RateLimit> rateLimit() {
    return rateLimit;
  }
}
