package io.jollyboat.registry;

import io.jollyboat.RegistryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What is worth another try, and when: with twice the pause each time, some of it by chance so that
 * many clients do not come back at once.
 *
 * @param attempts in all
 * @param first pause
 * @param longest pause that is worth it, also where the registry names one
 */
record RetryPolicy(int attempts, Duration first, Duration longest) {
  static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofMillis(200), Duration.ofSeconds(60));

  private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);

  /** The pause before the next attempt; empty when the answer counts. */
  Optional<Duration> pause(Response response, int attempt) {
    if (!PASSING.contains(response.code()) || attempt >= attempts) {
      return Optional.empty();
    }
    Duration pause = retryAfter(response).orElseGet(() -> backOff(attempt));
    return Optional.of(pause).filter(time -> time.compareTo(longest) <= 0);
  }

  /** The pause before the next attempt; empty when the failure is there to stay. */
  Optional<Duration> pause(IOException failure, int attempt) {
    boolean stays =
        failure instanceof RefusedAddressException
            || failure instanceof ConnectException
            || failure instanceof NoRouteToHostException
            || failure instanceof UnknownHostException
            || failure instanceof SSLHandshakeException
            || failure instanceof SSLPeerUnverifiedException
            || isConnectTimeout(failure);
    return stays || attempt >= attempts ? Optional.empty() : Optional.of(backOff(attempt));
  }

  /** The same for a failure that was thrown; a chunk that was not taken whole is gone on with. */
  Optional<Duration> pause(RegistryException failure, int attempt) {
    if (failure.getCause() instanceof IOException broken) {
      return pause(broken, attempt);
    }
    boolean passing =
        PASSING.contains(failure.status()) || failure.status() == 416 || failure.status() < 300;
    if (!passing || attempt >= attempts) {
      return Optional.empty();
    }
    return Optional.of(failure.retryAfter().orElseGet(() -> backOff(attempt)))
        .filter(time -> time.compareTo(longest) <= 0);
  }

  private static boolean isConnectTimeout(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof SocketTimeoutException
        && message.toLowerCase(java.util.Locale.ROOT).contains("connect");
  }

  private Duration backOff(int attempt) {
    long top = Math.min(longest.toMillis(), first.toMillis() << Math.min(attempt - 1, 20));
    return Duration.ofMillis(top / 2 + ThreadLocalRandom.current().nextLong(top / 2 + 1));
  }

  /** What the answer says, in seconds or as a date: RFC 9110, 10.2.3. */
  static Optional<Duration> retryAfter(Response response) {
    return parseRetryAfter(response.header("Retry-After"), Instant.now());
  }

  static Optional<Duration> parseRetryAfter(@Nullable String header, Instant now) {
    if (header == null) {
      return Optional.empty();
    }
    String text = header.strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant time = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
      return Optional.of(time.isAfter(now) ? Duration.between(now, time) : Duration.ZERO);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
