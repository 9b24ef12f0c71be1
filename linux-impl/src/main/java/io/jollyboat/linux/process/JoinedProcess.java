package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.TerminalCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A program that runs beside a process, in its namespaces. It ends with this Java process at the
 * latest. Nothing needs to be closed once it has ended. Safe for use by several threads.
 */
public final class JoinedProcess implements AutoCloseable {

  private static final int SIGKILL = 9;

  private final StartedProcess started;
  private final Streams streams;
  private final ControlLoop loop;
  private final CompletableFuture<ExitReport> exit = new CompletableFuture<>();

  /** Takes over what it is given. */
  JoinedProcess(StartedProcess started, Streams streams, ControlLoop loop) {
    this.started = started;
    this.streams = streams;
    this.loop = loop;
    loop.register(started.launched().control(), new Watch());
  }

  /** The near ends of a program's standard streams. */
  record Streams(Optional<PipeOutput> stdin, PipeInput stdout, Optional<PipeInput> stderr) {
    void end() {
      stdin.ifPresent(PipeOutput::close);
      stdout.end();
      stderr.ifPresent(PipeInput::end);
    }

    void close() {
      stdin.ifPresent(PipeOutput::close);
      stdout.close();
      stderr.ifPresent(PipeInput::close);
    }
  }

  /** The program's process id on the host. */
  public int pid() {
    return started.pid().number();
  }

  /**
   * Completes when the program has ended. Dependent actions run on the engine's control thread
   * unless they are asynchronous, and must not wait.
   */
  public CompletableFuture<ExitReport> onExit() {
    return exit.copy();
  }

  public boolean isRunning() {
    return !exit.isDone();
  }

  /** Signals the program; nothing happens when it has ended. */
  public void kill(int signal) {
    started.launched().kill(signal);
  }

  /** Standard input; one that was not asked for is closed. */
  public OutputStream stdin() {
    return streams.stdin().<OutputStream>map(stdin -> stdin).orElseGet(NoInput::new);
  }

  /** Standard output, or what the terminal shows. */
  public InputStream stdout() {
    return streams.stdout();
  }

  /** Standard error; of a program on a terminal empty. */
  public InputStream stderr() {
    return streams.stderr().<InputStream>map(s -> s).orElseGet(InputStream::nullInputStream);
  }

  /** Whether it has a terminal. */
  public boolean hasTerminal() {
    return started.terminal().isPresent();
  }

  /** Sets the size of its terminal, in characters; nothing happens once the program has ended. */
  public void resize(int rows, int columns) {
    Fd terminal =
        started
            .terminal()
            .orElseThrow(() -> new IllegalStateException("the program has no terminal"));
    try {
      TerminalCalls.resize(terminal, rows, columns);
    } catch (IllegalStateException e) {
      if (isRunning()) {
        throw e;
      }
    }
  }

  /** Kills the program and waits until it is gone. */
  @Override
  public void close() {
    if (loop.isCurrentThread()) {
      throw new IllegalStateException("a process cannot be closed on the control thread");
    }
    kill(SIGKILL);
    streams.close();
    ExitReport unused = exit.join();
  }

  /** Standard input that nobody asked for. */
  private static final class NoInput extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("the program was started without standard input");
    }
  }

  /** What happens on the control thread. */
  private final class Watch implements ControlLoop.Handler {
    private Optional<ExitReport> report = Optional.empty();

    @Override
    public boolean readable() {
      Optional<Report> received = started.launched().receive();
      received
          .filter(last -> last.type() == Report.Type.EXIT)
          .ifPresent(last -> report = Optional.of(ExitReport.of(last.index(), last.value())));
      return received.isPresent() && report.isEmpty();
    }

    @Override
    public void ended() {
      try {
        if (report.isEmpty()) {
          started.signal(SIGKILL); // its monitor was killed, or the engine is being closed
        }
        started.launched().close();
        started.launched().reap();
        streams.end();
        started.closeDescriptors();
      } finally {
        exit.complete(report.orElseGet(ExitReport::killedWithMonitor));
      }
    }
  }
}
