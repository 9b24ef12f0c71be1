package io.jollyboat.registry;

import io.jollyboat.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** What a refusal's headers say of a limit of requests. */
final class RateLimitHeaders {
  private static final Pattern COUNT =
      Pattern.compile("\\s*(\\d{1,12})(?:\\s*;\\s*w=(\\d{1,9}))?.*");

  /** Numbers of seconds above this are times since 1970. */
  private static final long LATEST_DELAY = 1_000_000_000;

  private RateLimitHeaders() {}

  /** Empty when none of them is there. */
  static Optional<RateLimit> read(Response response, Instant now) {
    Matcher limit = count(response, "RateLimit-Limit", "X-RateLimit-Limit");
    Matcher remaining = count(response, "RateLimit-Remaining", "X-RateLimit-Remaining");
    Optional<Instant> reset = reset(response, now);
    if (!limit.matches() && !remaining.matches() && reset.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> window = window(limit).or(() -> window(remaining));
    return Optional.of(
        new RateLimit(
            number(limit),
            number(remaining),
            window,
            reset.or(() -> window.map(now::plus)),
            Optional.ofNullable(response.header("Docker-RateLimit-Source"))
                .map(RegistryErrors::clean)));
  }

  private static Matcher count(Response response, String name, String other) {
    String value = response.header(name);
    return COUNT.matcher(value == null ? response.header(other, "") : value);
  }

  private static OptionalLong number(Matcher count) {
    return count.matches() ? OptionalLong.of(Long.parseLong(count.group(1))) : OptionalLong.empty();
  }

  private static Optional<Duration> window(Matcher count) {
    return count.matches() && count.group(2) != null
        ? Optional.of(Duration.ofSeconds(Long.parseLong(count.group(2))))
        : Optional.empty();
  }

  private static Optional<Instant> reset(Response response, Instant now) {
    return RetryPolicy.parseRetryAfter(response.header("Retry-After"), now)
        .map(now::plus)
        .or(() -> time(response.header("X-RateLimit-Reset"), now))
        .or(() -> time(response.header("RateLimit-Reset"), now));
  }

  /** Seconds from now or, of so many that they cannot be meant so, since 1970. */
  private static Optional<Instant> time(@Nullable String header, Instant now) {
    if (header == null || !header.strip().matches("\\d{1,12}")) {
      return Optional.empty();
    }
    long seconds = Long.parseLong(header.strip());
    return Optional.of(
        seconds > LATEST_DELAY ? Instant.ofEpochSecond(seconds) : now.plusSeconds(seconds));
  }
}
