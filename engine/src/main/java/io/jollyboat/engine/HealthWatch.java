package io.jollyboat.engine;

import io.jollyboat.ExecResult;
import io.jollyboat.Health;
import io.jollyboat.Health.Result;
import io.jollyboat.Health.Status;
import io.jollyboat.JollyboatException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks a running container for its health again and again, until it is closed. Safe for use by
 * several threads.
 */
final class HealthWatch implements AutoCloseable {
  private static final int KEPT = 5;
  private static final int MOST_OUTPUT = 4096;
  private static final int NOT_RUN = -1;

  private final HealthPlan plan;
  private final Alarms alarms;
  private final Function<List<String>, ExecResult> exec;
  private final Consumer<Status> changed;
  private final Instant begun = Instant.now();
  private final Deque<Result> results = new ArrayDeque<>();
  private Status status = Status.STARTING;
  private int failures;
  private boolean closed;
  private boolean paused;
  private @Nullable Future<?> next;
  private @Nullable Future<?> check;

  /**
   * @param exec runs a command in the container; an interrupt ends it
   * @param changed is told of every change, on a thread of the engine
   */
  HealthWatch(
      HealthPlan plan,
      Alarms alarms,
      Function<List<String>, ExecResult> exec,
      Consumer<Status> changed) {
    this.plan = plan;
    this.alarms = alarms;
    this.exec = exec;
    this.changed = changed;
  }

  /** The first check comes after the first pause, as Docker has it. */
  HealthWatch begin() {
    schedule();
    return this;
  }

  synchronized Health health() {
    return new Health(status, failures, List.copyOf(results));
  }

  private synchronized void schedule() {
    if (!closed) {
      next = alarms.later(isStarting() ? shorter() : plan.interval(), this::startCheck);
    }
  }

  private boolean isStarting() {
    return status == Status.STARTING && Instant.now().isBefore(begun.plus(plan.startPeriod()));
  }

  private Duration shorter() {
    return plan.startInterval().compareTo(plan.interval()) < 0
        ? plan.startInterval()
        : plan.interval();
  }

  private synchronized void startCheck() {
    if (closed) {
      return;
    }
    if (paused) {
      schedule();
      return;
    }
    Future<?> started = alarms.start(this::check);
    check = started;
    Future<?> unused = alarms.later(plan.timeout(), () -> started.cancel(true));
  }

  private void check() {
    Instant started = Instant.now();
    Result result = run(started);
    boolean unused = Thread.interrupted(); // the time was over: this thread goes on
    Status before;
    Status after;
    synchronized (this) {
      if (closed) {
        return;
      }
      before = status;
      if (!paused) {
        count(result);
      }
      after = status;
    }
    if (before != after) {
      changed.accept(after);
    }
    schedule();
  }

  /** Nobody is asked while nobody can answer; a check that is under way does not count. */
  synchronized void paused(boolean now) {
    paused = now;
    if (now && check != null) {
      check.cancel(true);
    }
  }

  private Result run(Instant started) {
    try {
      ExecResult done = exec.apply(plan.words());
      String text = done.out() + done.err();
      return new Result(
          started,
          Instant.now(),
          done.code(),
          text.substring(0, Math.min(text.length(), MOST_OUTPUT)));
    } catch (JollyboatException e) {
      String why =
          Duration.between(started, Instant.now()).compareTo(plan.timeout()) >= 0
              ? "the check took longer than " + plan.timeout().toMillis() + " ms"
              : String.valueOf(e.getMessage());
      return new Result(started, Instant.now(), NOT_RUN, why);
    }
  }

  private void count(Result result) {
    results.addLast(result);
    if (results.size() > KEPT) {
      results.removeFirst();
    }
    if (result.code() == 0) {
      failures = 0;
      status = Status.HEALTHY;
    } else if (!isStarting()) {
      failures++;
      if (failures >= plan.retries()) {
        status = Status.UNHEALTHY;
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (next != null) {
      next.cancel(false);
    }
    if (check != null) {
      check.cancel(true);
    }
  }
}
