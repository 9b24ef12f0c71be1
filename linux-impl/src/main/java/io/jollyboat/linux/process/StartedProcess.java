package io.jollyboat.linux.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** A launched process after its first reports. */
record StartedProcess(Launched launched, Pid pid, Optional<Fd> terminal, Instant running) {

  private static final int SIGKILL = 9;
  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final long NANOS = 1_000_000_000L;

  /**
   * Sees a launched process through to its program; whatever goes wrong ends it.
   *
   * @param beforeRun if present, the process waits until this has been called
   */
  static StartedProcess await(Launched launched, Optional<Consumer<Pid>> beforeRun) {
    Optional<Pid> process = Optional.empty();
    Optional<Fd> terminal = Optional.empty();
    try {
      Report first = launched.expect(Report.Type.PID, LONGEST_START);
      Pid pid = new Pid((int) first.value(), first.descriptor().orElseThrow());
      process = Optional.of(pid);
      if (beforeRun.isPresent()) {
        beforeRun.get().accept(pid);
        launched.go();
      }
      Report next = launched.next(LONGEST_START);
      if (next.type() == Report.Type.TERMINAL) {
        terminal = next.descriptor();
        next = launched.next(LONGEST_START);
      }
      long at = next.value();
      Instant running = Instant.ofEpochSecond(at / NANOS, at % NANOS);
      return new StartedProcess(launched, pid, terminal, running);
    } catch (RuntimeException | Error e) {
      process.map(Pid::descriptor).ifPresent(Fd::close);
      terminal.ifPresent(Fd::close);
      // The monitor takes the end of the connection as an order to kill.
      launched.close();
      launched.reap();
      throw e;
    }
  }

  /** Ends the process and its monitor, detached or not, and closes all that is held of them. */
  void kill() {
    try {
      signal(SIGKILL);
      launched.close();
      launched.reap();
    } finally {
      closeDescriptors();
    }
  }

  /** Signals the process past its monitor; nothing happens when it has ended. */
  @CanIgnoreReturnValue
  boolean signal(int number) {
    return ProcessCalls.signal(pid.descriptor(), number);
  }

  void closeDescriptors() {
    pid.descriptor().close();
    terminal.ifPresent(Fd::close);
  }
}
