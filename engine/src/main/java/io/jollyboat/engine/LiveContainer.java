package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ExecResult;
import io.jollyboat.ExitStatus;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoredImage;
import io.jollyboat.Wait;
import io.jollyboat.WaitTimeoutException;
import io.jollyboat.linux.network.PublishedPort;
import io.jollyboat.linux.process.ExitReport;
import io.jollyboat.linux.process.MonitoredProcess;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A container of this engine. Safe for use by several threads. */
final class LiveContainer implements Container {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final long NANOS = 1_000_000_000L;

  private final ContainerSpec spec;
  private final ContainerRecord record;
  private final StoredImage image;
  private final ContainerRuns runs;
  private volatile @Nullable IsolatedProcess isolated;
  private volatile boolean timedOut;
  private volatile boolean closed;
  private final Object removal = new Object();
  private boolean removed;
  private volatile @Nullable CompletableFuture<ExitStatus> exit;

  LiveContainer(ContainerSpec spec, ContainerRecord record, StoredImage image, ContainerRuns runs) {
    this.spec = spec;
    this.record = record;
    this.image = image;
    this.runs = runs;
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

  StoredImage image() {
    return image;
  }

  @Override
  public boolean running() {
    IsolatedProcess current = isolated;
    return current != null && !closed && current.process().isRunning();
  }

  @Override
  public void start() {
    synchronized (this) {
      requireOpen();
      if (isolated != null) {
        throw new ConflictException("container " + name() + " was started before", name());
      }
      IsolatedProcess started = runs.isolate(this);
      isolated = started;
      Optional<Future<?>> alarm = spec.timeLimit().map(limit -> runs.later(limit, this::overTime));
      exit =
          started
              .process()
              .onExit()
              .thenApply(
                  report -> {
                    alarm.ifPresent(later -> later.cancel(false));
                    return status(started, report);
                  });
    }
    spec.readyWhen().ifPresent(this::await);
  }

  private void overTime() {
    if (running()) {
      timedOut = true;
      started().process().kill(Signals.KILL);
    }
  }

  private ExitStatus status(IsolatedProcess started, ExitReport report) {
    return new ExitStatus(
        report.code(),
        report.signal(),
        started.ranOutOfMemory(),
        timedOut && report.signal().isPresent(),
        Duration.between(started.process().running(), report.ended()));
  }

  private IsolatedProcess started() {
    IsolatedProcess current = isolated;
    if (current == null) {
      throw new ConflictException(
          "container " + name() + " was not started: call start() first", name());
    }
    return current;
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
    new Readiness(started(), name()).await(condition);
  }

  @Override
  public ExitStatus awaitExit() {
    try {
      return exit().get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public ExitStatus awaitExit(Duration timeout) {
    try {
      return exit().get(nanos(timeout), TimeUnit.NANOSECONDS);
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

  private CompletableFuture<ExitStatus> exit() {
    started();
    CompletableFuture<ExitStatus> current = exit;
    if (current == null) {
      throw new ConflictException("container " + name() + " is being started", name());
    }
    return current;
  }

  private InterruptedOperationException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new InterruptedOperationException(
        "waiting for container " + name() + " was interrupted", e);
  }

  @Override
  public ExecResult exec(String... words) {
    requireOpen();
    IsolatedProcess current = started();
    if (!current.process().isRunning()) {
      throw new ConflictException("container " + name() + " has ended", name());
    }
    return runs.exec(this, current, words);
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
      return output().logs();
    } catch (UncheckedIOException e) {
      requireOutput(); // closed while this was reading
      throw e;
    }
  }

  private MonitoredProcess output() {
    requireOutput();
    return started().process();
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
    return stop(GRACE);
  }

  @Override
  public ExitStatus stop(Duration grace) {
    CompletableFuture<ExitStatus> end = exit();
    started().process().kill(Signals.ofImage(image.config().stopSignal().orElse("")));
    try {
      return end.get(nanos(grace), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      started().process().kill(Signals.KILL);
      return awaitExit();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
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
    current.process().kill(number);
  }

  /** Waits for a start or another close that is under way: nothing is left when this returns. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    synchronized (removal) {
      if (!removed) {
        removed = true;
        runs.remove(this, isolated);
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new ConflictException("container " + name() + " is closed", name());
    }
  }
}
