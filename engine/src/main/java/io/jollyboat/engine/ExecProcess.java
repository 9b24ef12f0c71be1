package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerProcess;
import io.jollyboat.TerminalSize;
import io.jollyboat.linux.process.ExitReport;
import io.jollyboat.linux.process.JoinedProcess;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A command in a container, as Java sees processes. */
final class ExecProcess extends ContainerProcess {
  private final JoinedProcess process;
  private final CompletableFuture<ExitReport> exit;
  private final OutputStream stdin;
  private final InputStream stdout;
  private final InputStream stderr;

  ExecProcess(JoinedProcess process) {
    this.process = process;
    this.exit = process.onExit();
    this.stdin = process.stdin();
    this.stdout = process.stdout();
    this.stderr = process.stderr();
  }

  @Override
  public OutputStream getOutputStream() {
    return stdin;
  }

  @Override
  public InputStream getInputStream() {
    return stdout;
  }

  @Override
  public InputStream getErrorStream() {
    return stderr;
  }

  @Override
  public int waitFor() throws InterruptedException {
    try {
      return exit.get().code();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      ExitReport unused = exit.get(timeout, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public int exitValue() {
    if (!exit.isDone()) {
      throw new IllegalThreadStateException("the command has not ended");
    }
    return exit.join().code();
  }

  @Override
  public boolean isAlive() {
    return process.isRunning();
  }

  @Override
  public CompletableFuture<Process> onExit() {
    return exit.thenApply(report -> this);
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean supportsNormalTermination() {
    return true;
  }

  @Override
  public void destroy() {
    process.kill(Signals.TERM);
  }

  @Override
  public Process destroyForcibly() {
    process.kill(Signals.KILL);
    return this;
  }

  @Override
  public void kill(String signal) {
    process.kill(Signals.parse(signal));
  }

  @Override
  public void resize(int rows, int columns) {
    TerminalSize size = new TerminalSize(rows, columns);
    if (!process.hasTerminal()) {
      throw new ConflictException(
          "the command has no terminal: add tty() to its specification", "terminal");
    }
    process.resize(size.rows(), size.columns());
  }

  @Override
  public String toString() {
    return "process " + pid() + (isAlive() ? "" : ", ended");
  }
}
