package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerState;
import io.jollyboat.ContainerState.Status;
import io.jollyboat.ExitStatus;
import io.jollyboat.Health;
import io.jollyboat.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where a container is between its making and its removal. Nothing here waits: the end of a process
 * is told on the thread that serves all of them. Safe for use by several threads.
 */
final class ContainerLife {
  private final String name;
  private final Restarts restarts;
  private Status status = Status.CREATED;
  private @Nullable ContainerRun run;
  private @Nullable ExitStatus last;
  private @Nullable Instant started;
  private @Nullable Instant finished;
  private @Nullable HealthWatch watch;
  private boolean stopped;
  private CompletableFuture<ExitStatus> end = new CompletableFuture<>();

  ContainerLife(String name, RestartPolicy policy) {
    this.name = name;
    this.restarts = new Restarts(policy);
  }

  /**
   * Somebody starts it.
   *
   * @throws ConflictException if it runs, or is about to
   */
  synchronized void begin() {
    if (status != Status.CREATED && status != Status.EXITED) {
      throw new ConflictException("container " + name + " runs already", name);
    }
    stopped = false;
    restarts.begin();
    if (end.isDone()) {
      end = new CompletableFuture<>();
    }
  }

  /** It has been started; of a process that has ended meanwhile {@link #ended} follows. */
  synchronized void running(ContainerRun started) {
    run = started;
    status = Status.RUNNING;
  }

  /** It was started and has ended while nobody watched; {@link #ended} follows. */
  synchronized void found(Instant began) {
    status = Status.EXITED;
    run = null;
    started = began;
    if (end.isDone()) {
      end = new CompletableFuture<>();
    }
  }

  /** Whether it was started ever, by this engine or another. */
  synchronized boolean wasStarted() {
    return run != null || started != null;
  }

  /** Its health is asked for from now on, in place of what was before. */
  synchronized void watched(HealthWatch begun) {
    unwatched();
    watch = begun;
  }

  /** Its health is not asked for any more; what was said last stays. */
  synchronized void unwatched() {
    if (watch != null) {
      watch.close();
    }
  }

  synchronized Optional<Health> health() {
    return Optional.ofNullable(watch).map(HealthWatch::health);
  }

  /** A pause has begun or ended. */
  synchronized void paused(boolean now) {
    if (status == Status.RUNNING || status == Status.PAUSED) {
      status = now ? Status.PAUSED : Status.RUNNING;
      if (watch != null) {
        watch.paused(now);
      }
    }
  }

  /** It must not be started again by itself. */
  synchronized void stopWanted() {
    stopped = true;
  }

  /** Whether the next start is still wanted by its policy and by nobody's order. */
  synchronized boolean restartWanted() {
    return status == Status.RESTARTING && !stopped;
  }

  /**
   * Its process has ended.
   *
   * @return how long to wait before it is started again, if it is to be
   */
  synchronized Optional<Duration> ended(ExitStatus exit, Instant at) {
    last = exit;
    finished = at;
    unwatched();
    Optional<Duration> pause = stopped ? Optional.empty() : restarts.after(exit);
    status = pause.isPresent() ? Status.RESTARTING : Status.EXITED;
    return pause;
  }

  /** It is not started again: whoever waits for its end is told the last one. */
  void over() {
    CompletableFuture<ExitStatus> waiting;
    ExitStatus exit;
    synchronized (this) {
      status = Status.EXITED;
      waiting = end;
      exit = last;
    }
    if (exit != null) {
      waiting.complete(exit);
    }
  }

  /** It has ended, and waits to be started again. */
  synchronized boolean isRestarting() {
    return status == Status.RESTARTING;
  }

  /** Its end, that of the last start where it is started again by itself. */
  synchronized CompletableFuture<ExitStatus> end() {
    if (!wasStarted()) {
      throw new ConflictException(
          "container " + name + " was not started: call start() first", name);
    }
    return end;
  }

  /** The last run. */
  synchronized Optional<ContainerRun> run() {
    return Optional.ofNullable(run);
  }

  /** The last run, of a container that was started. */
  synchronized ContainerRun started() {
    if (run == null && started != null) {
      throw new ConflictException("container " + name + " has ended", name);
    }
    if (run == null) {
      throw new ConflictException(
          "container " + name + " was not started: call start() first", name);
    }
    return run;
  }

  synchronized ContainerState state() {
    ContainerRun current = run;
    boolean alive = status == Status.RUNNING || status == Status.PAUSED;
    return new ContainerState(
        status,
        alive && current != null
            ? OptionalInt.of(current.isolated().process().pid())
            : OptionalInt.empty(),
        alive ? Optional.empty() : Optional.ofNullable(last),
        Optional.ofNullable(current)
            .map(ContainerRun::started)
            .or(() -> Optional.ofNullable(started)),
        alive ? Optional.empty() : Optional.ofNullable(finished),
        restarts.count(),
        health());
  }
}
