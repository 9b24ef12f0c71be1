package io.jollyboat.engine;

import io.jollyboat.Attachment;
import io.jollyboat.CommitSpec;
import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ContainerState;
import io.jollyboat.Event;
import io.jollyboat.ExecResult;
import io.jollyboat.ExecSpec;
import io.jollyboat.ExitStatus;
import io.jollyboat.FileChange;
import io.jollyboat.ImageId;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.JollyboatException;
import io.jollyboat.LogQuery;
import io.jollyboat.LogStream;
import io.jollyboat.ProcessSnapshot;
import io.jollyboat.Resources;
import io.jollyboat.RestartPolicy;
import io.jollyboat.Stats;
import io.jollyboat.StoredImage;
import io.jollyboat.TerminalSize;
import io.jollyboat.Wait;
import io.jollyboat.WaitTimeoutException;
import io.jollyboat.linux.network.PublishedPort;
import io.jollyboat.linux.process.ExitReport;
import io.jollyboat.linux.process.OutputLog;
import io.jollyboat.spi.host.FileLocks;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.stream.Stream;

/** A container of this engine. Safe for use by several threads. */
final class LiveContainer implements Container {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final ExitStatus NOT_STARTED =
      new ExitStatus(128, OptionalInt.empty(), false, false, Duration.ZERO);
  private static final long NANOS = 1_000_000_000L;

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
    this.spec = spec;
    this.record = record;
    this.image = image;
    this.runs = runs;
    this.keeper = keeper;
    this.held = runs.files(this);
    this.life = new ContainerLife(record.name(), keeps() ? spec.restart() : RestartPolicy.no());
  }

  /** Of a detached container that several engines have, one sees to its policy and its health. */
  private boolean keeps() {
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
    if (keeps()) {
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

  private IsolatedProcess started() {
    return life.started().isolated();
  }

  @Override
  public InetSocketAddress address(int containerPort) {
    for (PublishedPort port : started().ports()) {
      if (port.containerPort() == containerPort) {
        InetAddress address = port.host().getAddress();
        return new InetSocketAddress(
            address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address,
            port.host().getPort());
      }
    }
    throw new IllegalArgumentException(
        "port "
            + containerPort
            + " of container "
            + name()
            + " is not published: add publish("
            + containerPort
            + ") to its specification");
  }

  @Override
  public void await(Wait condition) {
    requireOpen();
    new Readiness(started(), name(), life::health).await(condition);
  }

  @Override
  public ExitStatus awaitExit() {
    try {
      return life.end().get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public ExitStatus awaitExit(Duration timeout) {
    try {
      return life.end().get(nanos(timeout), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new WaitTimeoutException(
          "container " + name() + " has not ended within " + timeout.toMillis() + " ms",
          timeout,
          "running");
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** A wait for longer than a long's nanoseconds, 292 years, is one without limit. */
  private static long nanos(Duration duration) {
    return duration.toSeconds() > Long.MAX_VALUE / NANOS - 1 ? Long.MAX_VALUE : duration.toNanos();
  }

  private InterruptedOperationException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new InterruptedOperationException(
        "waiting for container " + name() + " was interrupted", e);
  }

  @Override
  public ExecResult exec(String... words) {
    return runs.commands().run(name(), awake(), List.of(words));
  }

  @Override
  public ContainerProcess exec(ExecSpec command) {
    return runs.commands().start(name(), awake(), command);
  }

  @Override
  public Attachment attach() {
    return new LiveAttachment(live().process(), this::stdin);
  }

  @Override
  public void resize(int rows, int columns) {
    TerminalSize size = new TerminalSize(rows, columns);
    if (!spec.hasTerminal()) {
      throw new ConflictException(
          "container " + name() + " has no terminal: add tty() to its specification", name());
    }
    live().process().resize(size.rows(), size.columns());
  }

  @Override
  public List<ProcessSnapshot> top() {
    return ContainerProcesses.of(name(), live());
  }

  /**
   * What it lends to another container.
   *
   * @param directory its own, with its files
   */
  Neighbour neighbour(Path directory) {
    IsolatedProcess current = live();
    return new Neighbour(
        current.process().identity(), directory, current.plan().hostname(), current.address());
  }

  /** That of one that is not paused: what is started in it would not answer. */
  private IsolatedProcess awake() {
    IsolatedProcess current = live();
    current.control().requireUnpaused();
    return current;
  }

  /** The process of a container that runs. */
  private IsolatedProcess live() {
    requireOpen();
    IsolatedProcess current = started();
    if (!current.process().isRunning()) {
      throw new ConflictException("container " + name() + " has ended", name());
    }
    return current;
  }

  @Override
  public OutputStream stdin() {
    if (!spec.stdinOpen()) {
      throw new ConflictException(
          "container " + name() + " has no standard input: add interactive() to its specification",
          name());
    }
    requireOpen();
    return started().process().stdin();
  }

  @Override
  public InputStream stdout() {
    return output().stdout();
  }

  @Override
  public InputStream stderr() {
    return output().stderr();
  }

  @Override
  public String logs() {
    try {
      return output().text();
    } catch (UncheckedIOException e) {
      requireOutput(); // closed while this was reading
      throw e;
    }
  }

  @Override
  public LogStream logs(LogQuery query) {
    return ContainerLogs.of(output(), query, name());
  }

  private OutputLog output() {
    requireOutput();
    return life.run().isEmpty() && life.wasStarted()
        ? runs.keptLog(this) // it ended before this engine was opened
        : started().process().log();
  }

  private void requireOutput() {
    if (closed) {
      throw new ConflictException(
          "container " + name() + " is closed, and its output is gone: read it before close()",
          name());
    }
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
  public void copyTo(InputStream tar, String directory) {
    unanswered("the copy", () -> files().copyTo(tar, directory));
  }

  @Override
  public void copyTo(Path host, String path) {
    unanswered("the copy", () -> files().copyTo(host, path));
  }

  @Override
  public InputStream copyFrom(String path) {
    return runs.underway("the copy", () -> files().copyFrom(path));
  }

  @Override
  public void copyFrom(String path, Path host) {
    unanswered("the copy", () -> files().copyFrom(path, host));
  }

  private void unanswered(String what, Runnable call) {
    Boolean done =
        runs.underway(
            what,
            () -> {
              call.run();
              return true;
            });
    assert done;
  }

  private ContainerFiles files() {
    return new ContainerFiles(name(), spec.rootSize(), this::view);
  }

  /** Not while it is being started. */
  private FileView view() {
    synchronized (this) {
      requireOpen();
      return held.open(
          life.run().filter(ContainerRun::isRunning).map(run -> run.isolated().process()));
    }
  }

  @Override
  public List<FileChange> diff() {
    requireOpen();
    return runs.content().diff(this);
  }

  @Override
  public StoredImage commit(UnaryOperator<CommitSpec> options) {
    requireOpen();
    CommitSpec spec = options.apply(CommitSpec.defaults());
    return runs.underway(
        "the commit",
        () -> runs.content().commit(this, life.run().map(ContainerRun::isolated), spec));
  }

  @Override
  public InputStream export() {
    requireOpen();
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
  public Stats stats() {
    requireOpen();
    return ContainerStats.sample(name(), started());
  }

  @Override
  public Stream<Stats> stats(Duration interval) {
    requireOpen();
    return ContainerStats.samples(name(), started(), interval);
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

  private void requireOpen() {
    if (closed) {
      throw new ConflictException("container " + name() + " is closed", name());
    }
  }
}
