package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Stats;
import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.cgroup.CgroupUsage;
import io.jollyboat.linux.network.LinkCounters;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Asks the kernel what a container has used. */
final class ContainerStats {
  private ContainerStats() {}

  /**
   * One sample.
   *
   * @throws ConflictException when it has ended
   */
  static Stats sample(String name, IsolatedProcess container) {
    return find(name, container)
        .orElseThrow(() -> new ConflictException("container " + name + " has ended", name));
  }

  /** Empty when it has ended: its process id may be another's by now. */
  private static Optional<Stats> find(String name, IsolatedProcess container) {
    try {
      CgroupUsage usage = container.cgroup().usage();
      Map<String, Stats.Network> networks =
          container.ownNetwork() ? LinkCounters.of(container.process().identity()) : Map.of();
      Stats stats =
          new Stats(
              Instant.now(),
              usage.cpu(),
              usage.memory(),
              usage.pids(),
              usage.io(),
              networks,
              usage.pressure());
      return container.process().isRunning() ? Optional.of(stats) : Optional.empty();
    } catch (UncheckedIOException e) {
      return Optional.empty(); // below /proc it is gone, though its monitor has not told yet
    } catch (CgroupException e) {
      throw new ContainerException(
          "cannot tell what container " + name + " uses: " + e.getMessage(),
          "read its counters",
          OptionalInt.empty(),
          "",
          e);
    }
  }

  /** A sample now and after each interval, until it ends. */
  static Stream<Stats> samples(String name, IsolatedProcess container, Duration interval) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("an interval is more than 0, not " + interval);
    }
    Stats first = sample(name, container);
    return Stream.iterate(
            Optional.of(first), Optional::isPresent, before -> next(name, container, interval))
        .map(Optional::orElseThrow);
  }

  private static Optional<Stats> next(String name, IsolatedProcess container, Duration interval) {
    try {
      container.process().onExit().get(interval.toNanos(), TimeUnit.NANOSECONDS);
      return Optional.empty();
    } catch (TimeoutException e) {
      return find(name, container);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException(
          "waiting for what container " + name + " uses was interrupted", e);
    }
  }
}
