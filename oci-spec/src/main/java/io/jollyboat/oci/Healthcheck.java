package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How to tell whether a container is well, Docker's addition to the configuration. Durations of
 * zero and zero retries mean the default of whoever runs it. Immutable.
 *
 * @param test the words {@code CMD} or {@code CMD-SHELL} and what to run, or {@code NONE} alone, or
 *     nothing: inherited
 */
@CheckReturnValue
public record Healthcheck(
    List<String> test,
    Duration interval,
    Duration timeout,
    Duration startPeriod,
    Duration startInterval,
    int retries) {
  public Healthcheck {
    test = List.copyOf(test);
  }

  /** Of an image that switches off the check of its base. */
  public static Healthcheck none() {
    return of(List.of("NONE"));
  }

  /** With every default. */
  public static Healthcheck of(List<String> test) {
    return new Healthcheck(test, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
  }

  static Healthcheck read(JsonObject json) {
    return new Healthcheck(
        json.strings("Test"),
        nanos(json, "Interval"),
        nanos(json, "Timeout"),
        nanos(json, "StartPeriod"),
        nanos(json, "StartInterval"),
        Math.toIntExact(json.integer("Retries").filter(n -> n >= 0 && n <= 1 << 30).orElse(0L)));
  }

  private static Duration nanos(JsonObject json, String name) {
    return Duration.ofNanos(json.integer(name).orElse(0L));
  }

  Map<String, Object> toJson() {
    JsonObject json = JsonObject.empty("Healthcheck");
    json.set("Test", test);
    setNanos(json, "Interval", interval);
    setNanos(json, "Timeout", timeout);
    setNanos(json, "StartPeriod", startPeriod);
    setNanos(json, "StartInterval", startInterval);
    if (retries != 0) {
      json.set("Retries", (long) retries);
    }
    return json.members();
  }

  private static void setNanos(JsonObject json, String name, Duration duration) {
    if (!duration.isZero()) {
      json.set(name, duration.toNanos());
    }
  }
}
