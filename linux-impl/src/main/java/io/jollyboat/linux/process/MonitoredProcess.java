package io.jollyboat.linux.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.Pid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A running process with its monitor. Closing it kills the process, unless it is detached, waits
 * until nothing of it is left, and ends the streams. Safe for use by several threads.
 */
public final class MonitoredProcess implements AutoCloseable {

  private static final int SIGKILL = 9;
  private static final int MOST_LOGS = 16 << 20;

  private final StartedProcess started;
  private final LogFile log;
  private final Optional<PipeOutput> stdin;
  private final boolean detached;
  private final ControlLoop loop;
  private final LogGrowth growth = new LogGrowth();
  private final CompletableFuture<ExitReport> exit = new CompletableFuture<>();
  private final CompletableFuture<Boolean> gone = new CompletableFuture<>();

  MonitoredProcess(
      StartedProcess started,
      LogFile log,
      Optional<PipeOutput> stdin,
      boolean detached,
      ControlLoop loop) {
    this.started = started;
    this.log = log;
    this.stdin = stdin;
    this.detached = detached;
    this.loop = loop;
    loop.register(started.launched().control(), new Watch());
  }

  /** The process's id on the host. */
  public int pid() {
    return started.pid().number();
  }

  /** A descriptor of the process, valid until this is closed, for joining its namespaces. */
  public Fd descriptor() {
    return started.pid().descriptor();
  }

  /** Both, for what has to be opened below /proc. */
  public Pid identity() {
    return started.pid();
  }

  /** When it began to run its program. */
  public Instant running() {
    return started.running();
  }

  /** The other side of the terminal, if one was asked for; closed with this. */
  public Optional<Fd> terminal() {
    return started.terminal();
  }

  /**
   * Completes when the process has ended and all its output is in the log. Dependent actions run on
   * the engine's control thread unless they are asynchronous, and must not wait.
   */
  public CompletableFuture<ExitReport> onExit() {
    return exit.copy();
  }

  /** Whether it has not ended, as far as its monitor has told. */
  public boolean isRunning() {
    return !exit.isDone();
  }

  /** Signals the process; nothing happens when it has ended. */
  public void kill(int signal) {
    started.launched().kill(signal);
  }

  /**
   * Standard input.
   *
   * @throws IllegalStateException if the process was not started as interactive
   */
  public OutputStream stdin() {
    return stdin.orElseThrow(
        () -> new IllegalStateException("the process was started without standard input"));
  }

  /** Standard output from the first byte; blocks for more until the process ends. */
  public InputStream stdout() {
    return tail(LogFile.STDOUT);
  }

  /** Standard error from the first byte; blocks for more until the process ends. */
  public InputStream stderr() {
    return tail(LogFile.STDERR);
  }

  /**
   * Both streams in the order in which they were written; blocks for more until the process ends.
   */
  public InputStream output() {
    return tail(LogTail.BOTH);
  }

  /**
   * What it has written so far to both, in order; of a long log the last 16 MiB, for a container
   * that writes without end must not take this process's memory.
   */
  public String logs() {
    Deque<byte[]> pieces = new ArrayDeque<>();
    int kept = 0;
    try {
      Optional<LogFile.Piece> piece = log.at(0);
      while (piece.isPresent()) {
        if (piece.get().stream() <= LogFile.STDERR) {
          pieces.add(piece.get().bytes().array());
          kept += pieces.getLast().length;
        }
        while (kept > MOST_LOGS) {
          kept -= pieces.remove().length;
        }
        piece = log.at(piece.get().next());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream(kept);
    pieces.forEach(text::writeBytes);
    return text.toString(UTF_8);
  }

  @Override
  public void close() {
    if (loop.isCurrentThread()) {
      throw new IllegalStateException("a process cannot be closed on the control thread");
    }
    if (!detached) {
      if (isRunning()) {
        kill(SIGKILL);
      }
      gone.join();
    }
    stdin.ifPresent(PipeOutput::close);
    growth.end();
    log.close();
    started.closeDescriptors();
  }

  private InputStream tail(int stream) {
    return new LogTail(log, growth, started.launched()::arm, stream);
  }

  /** What happens on the control thread. */
  private final class Watch implements ControlLoop.Handler {
    private Optional<ExitReport> report = Optional.empty();
    private boolean monitorEnded;

    @Override
    public boolean readable() {
      Optional<Report> received = started.launched().receive();
      monitorEnded = received.isEmpty() || received.get().type() == Report.Type.EXIT;
      received.ifPresent(this::take);
      return !monitorEnded;
    }

    private void take(Report received) {
      switch (received.type()) {
        case LOG -> growth.grown();
        case EXIT -> report = Optional.of(ExitReport.of(received.index(), received.value()));
        default -> throw new IllegalStateException("unexpected report " + received.type());
      }
    }

    @Override
    public void ended() {
      try {
        if (monitorEnded && report.isEmpty()) {
          killAbandoned();
        }
        started.launched().close();
        // EXIT is the last thing that a monitor does: it can be reaped at once.
        if (monitorEnded || !detached) {
          started.launched().reap();
        }
      } finally {
        growth.end();
        // Before close() may go on: what follows the exit still asks the cgroup.
        if (monitorEnded || !detached) {
          exit.complete(report.orElseGet(ExitReport::killedWithMonitor));
        }
        gone.complete(true);
      }
    }

    /**
     * A monitor that ends without a report was killed. The kernel's order to follow it is not given
     * to a detached process and does not survive a set-id program: the process would run on with
     * nobody to keep its log or to end it.
     */
    private void killAbandoned() {
      if (started.pid().descriptor().isOpen()) {
        started.signal(SIGKILL);
      }
    }
  }
}
