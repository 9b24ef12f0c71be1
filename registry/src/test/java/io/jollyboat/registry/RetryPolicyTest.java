package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

  private static Optional<Duration> parse(String header) {
    return RetryPolicy.parseRetryAfter(header, NOW);
  }

  @Test
  void parseRetryAfter_secondsAndDates_areRead() {
    assertEquals(Optional.of(Duration.ofSeconds(7)), parse(" 7 "));
    assertEquals(Optional.of(Duration.ofSeconds(90)), parse("Fri, 02 Jan 2026 12:01:30 GMT"));
    assertEquals(Optional.of(Duration.ZERO), parse("Fri, 02 Jan 2026 11:00:00 GMT"));
    assertEquals(Optional.empty(), parse("soon"));
    assertEquals(Optional.empty(), parse("-1"));
    assertEquals(Optional.empty(), RetryPolicy.parseRetryAfter(null, NOW));
  }
}
