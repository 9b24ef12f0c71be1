package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Launcher;
import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.PollCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs one program beside a process, on the calling thread. */
final class Exec {

  private static final int SLICE_MILLIS = 100;

  private final Launcher launcher;

  Exec(Launcher launcher) {
    this.launcher = launcher;
  }

  /**
   * @param users as {@link ExecRequest#toLaunch}
   */
  ExecOutcome run(ExecRequest request, Optional<Fd> users) {
    try (Capture out = new Capture();
        Capture err = new Capture()) {
      Launched launched =
          launcher.start(request.toLaunch(users).output(out.writeEnd(), err.writeEnd()));
      try {
        out.closeWriteEnd();
        err.closeWriteEnd();
        ExitReport exit = watch(launched, out, err);
        return ExecOutcome.of(exit, out, err);
      } finally {
        launched.close();
        launched.reap();
      }
    }
  }

  /** Reads until the program has ended; what it left running in the background goes on. */
  private static ExitReport watch(Launched launched, Capture out, Capture err) {
    while (true) {
      List<Fd> waiting = new ArrayList<>(List.of(launched.control()));
      List.of(out, err).stream()
          .filter(capture -> !capture.hasEnded())
          .forEach(capture -> waiting.add(capture.readEnd()));
      boolean ready = PollCalls.anyReadable(waiting, SLICE_MILLIS);
      if (Thread.currentThread().isInterrupted()) {
        throw new KernelException("execute", "", Errno.EINTR);
      }
      if (ready && PollCalls.readable(launched.control(), 0)) {
        Optional<ExitReport> exit = report(launched);
        if (exit.isPresent()) {
          out.drain();
          err.drain();
          return exit.get();
        }
      }
      out.drain();
      err.drain();
    }
  }

  private static Optional<ExitReport> report(Launched launched) {
    Optional<Report> received = launched.receive();
    if (received.isEmpty()) {
      return Optional.of(ExitReport.killedWithMonitor());
    }
    Report report = received.get();
    report.descriptor().ifPresent(Fd::close);
    return switch (report.type()) {
      case ERROR -> throw launched.failure(report);
      case EXIT -> Optional.of(ExitReport.of(report.index(), report.value()));
      default -> Optional.empty();
    };
  }
}
