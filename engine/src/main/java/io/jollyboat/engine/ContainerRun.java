package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ExitStatus;
import io.jollyboat.linux.process.ExitReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * A container from one start to its end. Closing it kills what still runs and removes all that the
 * start made. Safe for use by several threads.
 */
final class ContainerRun implements AutoCloseable {
  private final IsolatedProcess isolated;
  private final Instant started;
  private volatile boolean timedOut;

  ContainerRun(IsolatedProcess isolated) {
    this.isolated = isolated;
    this.started = isolated.process().running();
  }

  /**
   * Sees to its time limit and its end.
   *
   * @param ended is told of the end, on a thread that must not wait
   */
  void watch(ContainerSpec spec, Alarms alarms, Consumer<ExitStatus> ended) {
    Optional<Future<?>> alarm =
        spec.timeLimit().map(limit -> alarms.later(left(limit), this::overTime));
    Future<?> unused =
        isolated
            .process()
            .onExit()
            .thenAccept(
                report -> {
                  alarm.ifPresent(later -> later.cancel(false));
                  freePorts(alarms);
                  ended.accept(status(report));
                });
  }

  /** A relay is waited for, which is nothing for the thread that tells of ends. */
  private void freePorts(Alarms alarms) {
    if (isolated.ports().isEmpty()) {
      return;
    }
    try {
      Future<?> unused = alarms.start(isolated::freePorts);
    } catch (ConflictException engineClosed) {
      // Whoever closes the engine closes them.
      return;
    }
  }

  /** One that was taken over has had some of its time. */
  private Duration left(Duration limit) {
    Duration left = limit.minus(Duration.between(started, Instant.now()));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Leaves it to itself, if it runs. */
  void letGo() {
    isolated.letGo();
  }

  /** Kills what still runs, and nothing else. */
  void end() {
    isolated.process().destroy();
  }

  IsolatedProcess isolated() {
    return isolated;
  }

  Instant started() {
    return started;
  }

  boolean isRunning() {
    return isolated.process().isRunning();
  }

  void kill(int signal) {
    isolated.control().signal(signal);
  }

  private void overTime() {
    if (isRunning()) {
      timedOut = true;
      kill(Signals.KILL);
    }
  }

  private ExitStatus status(ExitReport report) {
    return new ExitStatus(
        report.code(),
        report.signal(),
        isolated.ranOutOfMemory(),
        timedOut && report.signal().isPresent(),
        Duration.between(started, report.ended()));
  }

  @Override
  public void close() {
    isolated.close();
  }
}
