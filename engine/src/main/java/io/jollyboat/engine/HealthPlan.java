package io.jollyboat.engine;

import io.jollyboat.ContainerSpec;
import io.jollyboat.dockerfile.Healthcheck;
import io.jollyboat.oci.ImageConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a container's health is asked for, with Docker's defaults. Immutable.
 *
 * @param words the command
 * @param interval between checks
 * @param timeout of one
 * @param startPeriod in which a failure does not count
 * @param startInterval between checks in that period
 * @param retries failures in a row that make it unhealthy
 */
record HealthPlan(
    List<String> words,
    Duration interval,
    Duration timeout,
    Duration startPeriod,
    Duration startInterval,
    int retries) {
  private static final List<String> SHELL = List.of("/bin/sh", "-c");
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final Duration START_INTERVAL = Duration.ofSeconds(5);
  private static final int RETRIES = 3;

  HealthPlan {
    words = List.copyOf(words);
  }

  /** What the specification says, else the image; empty: there is no check. */
  static Optional<HealthPlan> of(ContainerSpec spec, ImageConfig config) {
    List<String> shell = config.shell().isEmpty() ? SHELL : config.shell();
    return spec.health().isPresent()
        ? of(spec.health().get(), shell)
        : config.healthcheck().flatMap(check -> of(check, shell));
  }

  private static Optional<HealthPlan> of(Healthcheck check, List<String> shell) {
    return check
        .test()
        .map(
            command ->
                plan(
                    command.arguments(shell),
                    check.interval().orElse(Duration.ZERO),
                    check.timeout().orElse(Duration.ZERO),
                    check.startPeriod().orElse(Duration.ZERO),
                    check.startInterval().orElse(Duration.ZERO),
                    check.retries().orElse(0)));
  }

  private static Optional<HealthPlan> of(io.jollyboat.oci.Healthcheck check, List<String> shell) {
    return words(check.test(), shell)
        .map(
            words ->
                plan(
                    words,
                    check.interval(),
                    check.timeout(),
                    check.startPeriod(),
                    check.startInterval(),
                    check.retries()));
  }

  private static Optional<List<String>> words(List<String> test, List<String> shell) {
    if (test.size() < 2) {
      return Optional.empty(); // NONE, or nothing to run
    }
    List<String> rest = test.subList(1, test.size());
    if (test.get(0).equals("CMD")) {
      return Optional.of(rest);
    }
    List<String> words = new ArrayList<>(shell);
    words.addAll(rest);
    return test.get(0).equals("CMD-SHELL") ? Optional.of(words) : Optional.empty();
  }

  private static HealthPlan plan(
      List<String> words,
      Duration interval,
      Duration timeout,
      Duration startPeriod,
      Duration startInterval,
      int retries) {
    return new HealthPlan(
        words,
        interval.isZero() ? INTERVAL : interval,
        timeout.isZero() ? INTERVAL : timeout,
        startPeriod,
        startInterval.isZero() ? START_INTERVAL : startInterval,
        retries == 0 ? RETRIES : retries);
  }
}
