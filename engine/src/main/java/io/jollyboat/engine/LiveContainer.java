package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
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
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A container of this engine. Safe for use by several threads. */
final class LiveContainer implements Container {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ContainerSpec spec;
  private final ContainerRecord record;
  private final StoredImage image;
  private final ContainerRuns runs;
  private volatile @Nullable IsolatedProcess isolated;
  private volatile boolean timedOut;
  private volatile boolean closed;
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
      exit = started.process().onExit().thenApply(report -> status(started, report));
      spec.timeLimit().ifPresent(limit -> runs.later(limit, this::overTime));
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
        timedOut,
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
      return exit().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
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
    return started().process().stdin();
  }

  @Override
  public InputStream stdout() {
    return started().process().stdout();
  }

  @Override
  public InputStream stderr() {
    return started().process().stderr();
  }

  @Override
  public String logs() {
    return started().process().logs();
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
      return end.get(grace.toNanos(), TimeUnit.NANOSECONDS);
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
      throw new ContainerException(
          "cannot send " + signal + ": container " + name() + " has ended",
          "kill",
          OptionalInt.empty(),
          "",
          null);
    }
    current.process().kill(number);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    runs.remove(this, isolated);
  }

  private void requireOpen() {
    if (closed) {
      throw new ConflictException("container " + name() + " is closed", name());
    }
  }
}
