package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.syscall.TerminalCalls;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A running process with its monitor. Closing it kills the process, unless it is detached, waits
 * until nothing of it is left, and ends the streams. Safe for use by several threads.
 */
public final class MonitoredProcess implements AutoCloseable {

  private static final int SIGKILL = 9;

  private final StartedProcess started;
  private final OutputLog log;
  private final Optional<PipeOutput> stdin;
  private final boolean detached;
  private final ControlLoop loop;
  private final LogGrowth growth = new LogGrowth();
  private final CompletableFuture<ExitReport> exit = new CompletableFuture<>();
  private final CompletableFuture<Boolean> gone = new CompletableFuture<>();

  MonitoredProcess(
      StartedProcess started,
      LogFiles files,
      long logBegin,
      Optional<PipeOutput> stdin,
      boolean detached,
      ControlLoop loop) {
    this.started = started;
    this.log = new OutputLog(files, logBegin, growth, started.launched()::arm);
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

  /** Whether it has a terminal. */
  public boolean hasTerminal() {
    return started.terminal().isPresent();
  }

  /**
   * Sets the size of its terminal, in characters.
   *
   * @throws IllegalStateException if it has none
   */
  public void resize(int rows, int columns) {
    TerminalCalls.resize(
        started
            .terminal()
            .orElseThrow(() -> new IllegalStateException("the process has no terminal")),
        rows,
        columns);
  }

  /**
   * Completes when the process has ended and all its output is in the log. Dependent actions run on
   * the engine's control thread unless they are asynchronous, and must not wait.
   */
  public CompletableFuture<ExitReport> onExit() {
    return exit.copy();
  }

  /**
   * Waits, after the end of the process, until its mounts are gone too: whoever mounts the same
   * root anew must not have two of them.
   */
  public void awaitUnmounted() {
    requireOtherThread();
    gone.join();
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

  /** What it writes. */
  public OutputLog log() {
    return log;
  }

  /** As {@link OutputLog#stdout}. */
  public InputStream stdout() {
    return log.stdout();
  }

  /** As {@link OutputLog#stderr}. */
  public InputStream stderr() {
    return log.stderr();
  }

  /** As {@link OutputLog#both}. */
  public InputStream output() {
    return log.both();
  }

  /** As {@link OutputLog#text}. */
  public String logs() {
    return log.text();
  }

  /** Kills the process, a detached one too, waits until nothing of it is left, and closes this. */
  public void destroy() {
    requireOtherThread();
    if (isRunning()) {
      kill(SIGKILL);
    }
    gone.join();
    close();
  }

  @Override
  public void close() {
    requireOtherThread();
    if (!detached) {
      if (isRunning()) {
        kill(SIGKILL);
      }
      gone.join();
    }
    stdin.ifPresent(PipeOutput::close);
    log.close();
    started.closeDescriptors();
  }

  private void requireOtherThread() {
    if (loop.isCurrentThread()) {
      throw new IllegalStateException("a process cannot be closed on the control thread");
    }
  }

  /** What happens on the control thread. */
  private final class Watch implements ControlLoop.Handler {
    private Optional<ExitReport> report = Optional.empty();
    private boolean monitorEnded;

    @Override
    public boolean readable() {
      Optional<Report> received = started.launched().receive();
      monitorEnded = received.isEmpty();
      received.ifPresent(this::take);
      return !monitorEnded;
    }

    private void take(Report received) {
      switch (received.type()) {
        case LOG -> growth.grown();
        case EXIT -> exited(ExitReport.of(received.index(), received.value()));
        default -> throw new IllegalStateException("unexpected report " + received.type());
      }
    }

    /** All is in the log; the monitor has still to take the mounts apart. */
    private void exited(ExitReport end) {
      report = Optional.of(end);
      growth.end();
      exit.complete(end);
    }

    @Override
    public void ended() {
      try {
        if (monitorEnded && report.isEmpty()) {
          killAbandoned();
        }
        started.launched().close();
        // It has closed its end, which is the last thing that a monitor does.
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
