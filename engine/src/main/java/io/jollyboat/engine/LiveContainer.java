package io.jollyboat.engine;

import io.jollyboat.CommitSpec;
import io.jollyboat.ConflictException;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ContainerState;
import io.jollyboat.Event;
import io.jollyboat.ExitStatus;
import io.jollyboat.FileChange;
import io.jollyboat.ImageId;
import io.jollyboat.JollyboatException;
import io.jollyboat.Resources;
import io.jollyboat.RestartPolicy;
import io.jollyboat.StoredImage;
import io.jollyboat.linux.process.ExitReport;
import io.jollyboat.linux.process.OutputLog;
import io.jollyboat.spi.host.FileLocks;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/** A container of this engine. Safe for use by several threads. */
final class LiveContainer extends OwnContainer {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final ExitStatus NOT_STARTED =
      new ExitStatus(128, OptionalInt.empty(), false, false, Duration.ZERO);

  private volatile ContainerSpec spec;
  private final StoredImage image;
  private final ContainerRuns runs;
  private final Optional<FileLocks.Lock> keeper;
  private final ContainerLife life;
  private final HeldFiles held;
  private final Object removal = new Object();
  private volatile ContainerRecord record;
  private volatile boolean closed;
  private Optional<String> lastStart = Optional.empty();
  private boolean removed;

  /**
   * @param keeper of a detached container, if this engine is the one that sees to its policy
   */
  LiveContainer(
      ContainerSpec spec,
      ContainerRecord record,
      StoredImage image,
      ContainerRuns runs,
      Optional<FileLocks.Lock> keeper) {
    this(
        spec,
        record,
        image,
        runs,
        keeper,
        new ContainerLife(
            record.name(), keeps(record, keeper) ? spec.restart() : RestartPolicy.no()));
  }

  private LiveContainer(
      ContainerSpec spec,
      ContainerRecord record,
      StoredImage image,
      ContainerRuns runs,
      Optional<FileLocks.Lock> keeper,
      ContainerLife life) {
    super(runs, life);
    this.spec = spec;
    this.record = record;
    this.image = image;
    this.runs = runs;
    this.keeper = keeper;
    this.life = life;
    this.held = runs.files(this);
  }

  /** Of a detached container that several engines have, one sees to its policy and its health. */
  private static boolean keeps(ContainerRecord record, Optional<FileLocks.Lock> keeper) {
    return !record.detached() || keeper.isPresent();
  }

  /** Finds where a detached container is in its life: it may have ended, or never been started. */
  void takeOver(Path directory) {
    synchronized (this) {
      lastStart = RunFile.key(directory);
      Optional<IsolatedProcess> running = runs.takeOver(this);
      if (running.isPresent()) {
        life.begin();
        follow(new ContainerRun(running.get()));
        life.paused(running.get().control().isPaused());
      } else if (RunFile.read(directory).isPresent()) {
        foundEnded(directory);
      }
    }
  }

  private void foundEnded(Path directory) {
    Optional<ExitReport.Kept> kept = ExitReport.kept(directory);
    if (kept.isEmpty()) {
      runs.clearDetached(this); // its monitor was killed, and it with that
    }
    ExitReport exit = kept.map(ExitReport.Kept::exit).orElseGet(ExitReport::killedWithMonitor);
    Instant began = kept.map(ExitReport.Kept::running).orElse(exit.ended());
    ExitStatus status =
        new ExitStatus(
            exit.code(),
            exit.signal(),
            RunFile.isMarked(directory, "oom"),
            false,
            Duration.between(began, exit.ended()));
    life.found(began);
    boolean always = spec.restart().kind() == RestartPolicy.Kind.ALWAYS;
    if (RunFile.isMarked(directory, "stopped") && !always) {
      life.stopWanted();
    }
    afterEnd(status, exit.ended());
  }

  /** Follows what another engine has done with a detached container: started it again. */
  void refresh(Path directory) {
    synchronized (this) {
      Optional<String> start = RunFile.key(directory);
      if (!running() && !life.isRestarting() && start.isPresent() && !start.equals(lastStart)) {
        life.run().ifPresent(ContainerRun::letGo);
        takeOver(directory);
      }
    }
  }

  @Override
  public ContainerId id() {
    return record.id();
  }

  @Override
  public String name() {
    return record.name();
  }

  @Override
  public ContainerSpec spec() {
    return spec;
  }

  ContainerRecord record() {
    return record;
  }

  @Override
  public ImageId image() {
    return image.id();
  }

  @Override
  public Instant created() {
    return record.created();
  }

  StoredImage storedImage() {
    return image;
  }

  @Override
  public boolean running() {
    return !closed && life.run().map(ContainerRun::isRunning).orElse(false);
  }

  @Override
  public ContainerState state() {
    return life.state();
  }

  @Override
  public void start() {
    synchronized (this) {
      requireOpen();
      life.begin();
      startRun();
    }
    spec.readyWhen().ifPresent(this::await);
  }

  private void startRun() {
    held.requireFree();
    if (life.wasStarted()) {
      runs.clear(this, life.run());
    }
    follow(new ContainerRun(runs.isolate(this)));
    lastStart = runs.startKey(this);
    runs.tell(Event.Kind.START, this);
  }

  private void follow(ContainerRun run) {
    life.running(run);
    if (keeps(record, keeper)) {
      watchHealth();
    }
    run.watch(spec, runs.alarms(), this::ended);
  }

  private void watchHealth() {
    HealthPlan.of(spec, image.config())
        .ifPresent(
            plan -> {
              HealthWatch watch =
                  new HealthWatch(
                      plan,
                      runs.alarms(),
                      words -> exec(words.toArray(String[]::new)),
                      status -> runs.tell(Event.Kind.HEALTH, this, "health", status.name()));
              life.watched(watch.begin());
            });
  }

  /** On the thread that serves all processes: nothing here may wait. */
  private void ended(ExitStatus exit) {
    runs.tell(Event.Kind.DIE, this, "exitCode", Integer.toString(exit.code()));
    if (exit.outOfMemory()) {
      runs.mark(this, "oom");
      runs.tell(Event.Kind.OOM, this);
    }
    afterEnd(exit, Instant.now());
  }

  private void afterEnd(ExitStatus exit, Instant at) {
    Optional<Duration> pause = life.ended(exit, at);
    try {
      pause.ifPresent(wait -> startLater(wait));
    } catch (ConflictException engineClosed) {
      life.over();
    }
    if (pause.isEmpty()) {
      life.over();
    }
  }

  private void startLater(Duration pause) {
    Future<?> unused =
        runs.alarms()
            .later(
                pause,
                () -> {
                  Future<?> unusedStart = runs.alarms().start(this::startAgain);
                });
  }

  private void startAgain() {
    synchronized (this) {
      if (closed || !life.restartWanted()) {
        return;
      }
      try {
        startRun();
      } catch (JollyboatException e) {
        runs.tell(Event.Kind.RESTART_FAILED, this, "error", String.valueOf(e.getMessage()));
        afterEnd(NOT_STARTED, Instant.now());
        return;
      }
    }
    runs.tell(Event.Kind.RESTART, this);
  }

  @Override
  public ExitStatus stop() {
    return stop(spec.stopTimeout().orElse(GRACE));
  }

  @Override
  public ExitStatus stop(Duration grace) {
    CompletableFuture<ExitStatus> end = life.end();
    orderEnd();
    runs.mark(this, "stopped");
    life.run().ifPresent(run -> run.kill(stopSignal()));
    thaw();
    try {
      return end.get(nanos(grace), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      life.run().ifPresent(run -> run.kill(Signals.KILL));
      return awaitExit();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      runs.tell(Event.Kind.STOP, this);
    }
  }

  /** Who is asked to end must be able to. */
  private void thaw() {
    life.run().ifPresent(run -> run.isolated().control().thaw());
    life.paused(false);
  }

  private int stopSignal() {
    return spec.stopSignal()
        .map(Signals::parse)
        .orElseGet(() -> Signals.ofImage(image.config().stopSignal().orElse("")));
  }

  /** No policy starts it again; a start that is under way has happened when this returns. */
  private void orderEnd() {
    life.stopWanted();
    synchronized (this) {
      if (life.isRestarting()) {
        life.over();
      }
    }
  }

  @Override
  public void restart() {
    restart(spec.stopTimeout().orElse(GRACE));
  }

  @Override
  public void restart(Duration grace) {
    requireOpen();
    if (life.state().status() != ContainerState.Status.CREATED) {
      stop(grace);
    }
    start();
    runs.tell(Event.Kind.RESTART, this);
  }

  @Override
  OutputLog keptLog() {
    return runs.keptLog(this);
  }

  @Override
  boolean isClosed() {
    return closed;
  }

  @Override
  FileView view() {
    synchronized (this) {
      requireOpen();
      settled();
      return held.open(
          life.run().filter(ContainerRun::isRunning).map(run -> run.isolated().process()));
    }
  }

  /** The root of one that has ended is nobody's any more. */
  private void settled() {
    life.run()
        .filter(run -> !run.isRunning())
        .ifPresent(run -> run.isolated().process().awaitUnmounted());
  }

  @Override
  public List<FileChange> diff() {
    requireOpen();
    settled();
    return runs.content().diff(this);
  }

  @Override
  public StoredImage commit(UnaryOperator<CommitSpec> options) {
    requireOpen();
    CommitSpec spec = options.apply(CommitSpec.defaults());
    settled();
    return runs.underway(
        "the commit",
        () -> runs.content().commit(this, life.run().map(ContainerRun::isolated), spec));
  }

  @Override
  public InputStream export() {
    requireOpen();
    settled();
    return runs.content().export(this);
  }

  @Override
  public void rename(String name) {
    synchronized (this) {
      requireOpen();
      String before = record.name();
      record = runs.rename(record, name);
      runs.tell(Event.Kind.RENAME, this, "oldName", before);
    }
  }

  @Override
  public void remove() {
    if (running() || life.isRestarting()) {
      throw new ConflictException(
          "container " + name() + " runs: stop or kill it before it is removed", name());
    }
    try (CloseStack lock = new CloseStack()) {
      runs.lock(this).ifPresent(lock::push);
      destroy();
    }
  }

  @Override
  public void kill(String signal) {
    int number = Signals.parse(signal);
    IsolatedProcess current = started();
    if (!running()) {
      throw new ConflictException(
          "cannot send " + signal + ": container " + name() + " has ended", name());
    }
    if (number == Signals.KILL || number == stopSignal()) {
      life.stopWanted(); // as Docker has it: who kills it does not want it back
      runs.mark(this, "stopped");
    }
    current.control().signal(number);
    runs.tell(Event.Kind.KILL, this, "signal", Integer.toString(number));
  }

  @Override
  public synchronized void update(UnaryOperator<Resources> change) {
    requireOpen();
    ContainerSpec changed = spec.resources(change);
    Optional<ContainerRun> running = life.run().filter(ContainerRun::isRunning);
    Resources next = changed.resources();
    ControlFailures.clear(
        name(),
        "change the limits of",
        () ->
            running.ifPresentOrElse(
                run -> run.isolated().control().update(next), () -> ContainerLimits.check(next)));
    spec = changed;
    runs.keepSpec(this);
    runs.tell(Event.Kind.UPDATE, this);
  }

  @Override
  public void pause() {
    requireOpen();
    ControlFailures.clear(name(), "pause", started().control()::pause);
    life.paused(true);
    runs.tell(Event.Kind.PAUSE, this);
  }

  @Override
  public void unpause() {
    requireOpen();
    ControlFailures.clear(name(), "unpause", started().control()::unpause);
    life.paused(false);
    runs.tell(Event.Kind.UNPAUSE, this);
  }

  @Override
  public void close() {
    if (record.detached()) {
      letGo();
    } else {
      destroy();
    }
  }

  private void letGo() {
    synchronized (this) {
      closed = true;
    }
    synchronized (removal) {
      if (!removed) {
        removed = true;
        life.unwatched();
        held.close();
        life.run().ifPresent(ContainerRun::letGo);
        runs.forget(this);
        keeper.ifPresent(FileLocks.Lock::close);
      }
    }
  }

  /** Waits for a start or another close that is under way: nothing is left when this returns. */
  void destroy() {
    orderEnd();
    synchronized (this) {
      closed = true;
    }
    synchronized (removal) {
      if (!removed) {
        life.unwatched();
        held.close();
        runs.remove(this, life.run());
        removed = true;
        keeper.ifPresent(FileLocks.Lock::close);
        runs.tell(Event.Kind.DESTROY, this);
      }
    }
  }
}
