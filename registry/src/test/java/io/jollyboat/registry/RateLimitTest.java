package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.RateLimit;
import io.jollyboat.RegistryException;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final RegistryServer server = RegistryServer.start();
  private final HttpRegistry registry = Story.client().build();
  private final ImageReference name = ImageReference.parse(server.address() + "/a/b:1");

  @AfterEach
  void close() {
    registry.close();
    server.close();
  }

  private RegistryException refused(Map<String, String> headers) {
    server.fail("HEAD .*", 100, Fault.respond(429, headers));
    RegistryException e = assertThrows(RegistryException.class, () -> registry.resolve(name));
    assertEquals(429, e.status());
    return e;
  }

  @Test
  void limit_asDockerHubTellsIt_isInTheException() {
    Instant before = Instant.now();
    RateLimit limit =
        refused(
                Map.of(
                    "RateLimit-Limit",
                    "100;w=21600",
                    "RateLimit-Remaining",
                    "0;w=21600",
                    "Docker-RateLimit-Source",
                    "192.0.2.1"))
            .rateLimit()
            .orElseThrow();
    assertEquals(OptionalLong.of(100), limit.limit());
    assertEquals(OptionalLong.of(0), limit.remaining());
    assertEquals(Optional.of(Duration.ofHours(6)), limit.window());
    assertEquals(Optional.of("192.0.2.1"), limit.source());
    Duration wait = Duration.between(before, limit.reset().orElseThrow());
    assertTrue(wait.compareTo(Duration.ofHours(6)) >= 0, wait.toString());
  }

  @Test
  void reset_isWhatTheRegistrySays() {
    RateLimit limit =
        refused(Map.of("X-RateLimit-Limit", "10", "X-RateLimit-Reset", "4000000000"))
            .rateLimit()
            .orElseThrow();
    assertEquals(Optional.of(Instant.ofEpochSecond(4_000_000_000L)), limit.reset());
    assertEquals(OptionalLong.empty(), limit.remaining());
  }

  @Test
  void retryAfter_aloneIsAReset() {
    RegistryException e = refused(Map.of("Retry-After", "3600"));
    assertEquals(Optional.of(Duration.ofHours(1)), e.retryAfter());
    assertTrue(e.rateLimit().orElseThrow().reset().isPresent());
  }

  @Test
  void refusal_withoutHeaders_hasNoLimit() {
    assertEquals(Optional.empty(), refused(Map.of()).rateLimit());
  }
}
