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
          launcher.start(request.toLaunch(users).quiet().output(out.writeEnd(), err.writeEnd()));
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
      List<Fd> ready = PollCalls.readableOf(waiting, SLICE_MILLIS);
      if (Thread.currentThread().isInterrupted()) {
        throw new KernelException("execute", "", Errno.EINTR);
      }
      Optional<ExitReport> exit = Optional.empty();
      if (ready.contains(launched.control())) {
        exit = report(launched);
        // What it wrote just before may be newer than the answer.
        ready = PollCalls.readableOf(waiting, 0);
      }
      drain(ready, out);
      drain(ready, err);
      if (exit.isPresent()) {
        return exit.get();
      }
    }
  }

  private static void drain(List<Fd> ready, Capture capture) {
    if (ready.contains(capture.readEnd())) {
      capture.drain();
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
