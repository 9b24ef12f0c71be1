package io.jollyboat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much a registry lets this client do, as the headers of its refusal say: those of Docker Hub
 * ({@code RateLimit-Limit: 100;w=21600}), {@code X-RateLimit-*} and {@code Retry-After}. Immutable.
 *
 * @param limit requests in a window
 * @param remaining of them
 * @param window how long one is
 * @param reset when requests are answered again; the end of a window that begins now, where the
 *     registry does not say
 * @param source whom the registry counts by: an address or an account
 */
public record RateLimit(
    OptionalLong limit,
    OptionalLong remaining,
    Optional<Duration> window,
    Optional<Instant> reset,
    Optional<String> source) {}
