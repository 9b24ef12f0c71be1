package io.jollyboat.engine;

import io.jollyboat.Attachment;
import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ExecResult;
import io.jollyboat.ExecSpec;
import io.jollyboat.ExitStatus;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.LogQuery;
import io.jollyboat.LogStream;
import io.jollyboat.ProcessSnapshot;
import io.jollyboat.Stats;
import io.jollyboat.TerminalSize;
import io.jollyboat.Wait;
import io.jollyboat.WaitTimeoutException;
import io.jollyboat.linux.network.PublishedPort;
import io.jollyboat.linux.process.OutputLog;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What a container of this engine answers about its processes, their output and its files; where it
 * is in its life is below. Safe for use by several threads.
 */
abstract class OwnContainer implements Container {
  private static final long NANOS = 1_000_000_000L;

  private final ContainerRuns runs;
  private final ContainerLife life;

  OwnContainer(ContainerRuns runs, ContainerLife life) {
    this.runs = runs;
    this.life = life;
  }

  /** Of a detached container that ended before this engine was opened. */
  abstract OutputLog keptLog();

  /** Its file system as it is now; not while it is being started. */
  abstract FileView view();

  abstract boolean isClosed();

  final void requireOpen() {
    if (isClosed()) {
      throw new ConflictException("container " + name() + " is closed", name());
    }
  }

  final IsolatedProcess started() {
    return life.started().isolated();
  }

  @Override
  public final InetSocketAddress address(int containerPort) {
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
  public final void await(Wait condition) {
    requireOpen();
    new Readiness(started(), name(), life::health).await(condition);
  }

  @Override
  public final ExitStatus awaitExit() {
    try {
      return life.end().get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public final ExitStatus awaitExit(Duration timeout) {
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
  static long nanos(Duration duration) {
    return duration.toSeconds() > Long.MAX_VALUE / NANOS - 1 ? Long.MAX_VALUE : duration.toNanos();
  }

  final InterruptedOperationException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new InterruptedOperationException(
        "waiting for container " + name() + " was interrupted", e);
  }

  @Override
  public final ExecResult exec(String... words) {
    return runs.commands().run(name(), awake(), List.of(words));
  }

  @Override
  public final ContainerProcess exec(ExecSpec command) {
    return runs.commands().start(name(), awake(), command);
  }

  @Override
  public final Attachment attach() {
    return new LiveAttachment(live().process(), this::stdin);
  }

  @Override
  public final void resize(int rows, int columns) {
    TerminalSize size = new TerminalSize(rows, columns);
    if (!spec().hasTerminal()) {
      throw new ConflictException(
          "container " + name() + " has no terminal: add tty() to its specification", name());
    }
    live().process().resize(size.rows(), size.columns());
  }

  @Override
  public final List<ProcessSnapshot> top() {
    return ContainerProcesses.of(live());
  }

  /**
   * What it lends to another container.
   *
   * @param directory its own, with its files
   */
  final Neighbour neighbour(Path directory) {
    IsolatedProcess current = live();
    current.tracers().admit();
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
  public final OutputStream stdin() {
    if (!spec().stdinOpen()) {
      throw new ConflictException(
          "container " + name() + " has no standard input: add interactive() to its specification",
          name());
    }
    requireOpen();
    return started().process().stdin();
  }

  @Override
  public final InputStream stdout() {
    return output().stdout();
  }

  @Override
  public final InputStream stderr() {
    return output().stderr();
  }

  @Override
  public final String logs() {
    try {
      return output().text();
    } catch (UncheckedIOException e) {
      requireOutput(); // closed while this was reading
      throw e;
    }
  }

  @Override
  public final LogStream logs(LogQuery query) {
    return ContainerLogs.of(output(), query, name());
  }

  private OutputLog output() {
    requireOutput();
    return life.run().isEmpty() && life.wasStarted()
        ? keptLog() // it ended before this engine was opened
        : started().process().log();
  }

  private void requireOutput() {
    if (isClosed()) {
      throw new ConflictException(
          "container " + name() + " is closed, and its output is gone: read it before close()",
          name());
    }
  }

  @Override
  public final void copyTo(InputStream tar, String directory) {
    unanswered("the copy", () -> files().copyTo(tar, directory));
  }

  @Override
  public final void copyTo(Path host, String path) {
    unanswered("the copy", () -> files().copyTo(host, path));
  }

  @Override
  public final InputStream copyFrom(String path) {
    return runs.underway("the copy", () -> files().copyFrom(path));
  }

  @Override
  public final void copyFrom(String path, Path host) {
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
    return new ContainerFiles(name(), spec().rootSize(), this::view);
  }

  @Override
  public final Stats stats() {
    requireOpen();
    return ContainerStats.sample(name(), started());
  }

  @Override
  public final Stream<Stats> stats(Duration interval) {
    requireOpen();
    return ContainerStats.samples(name(), started(), interval);
  }
}
