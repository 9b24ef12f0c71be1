package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.syscall.Fd;
import java.time.Duration;

/** "run": creates and starts; without {@code --detach} waits for the end and deletes. */
final class ForegroundRun {
  private static final Duration LONGEST_RUN = Duration.ofDays(3650);
  private static final int SIGTERM = 15;

  private final StateDirectory states;
  private final Machine machine;
  private final RuntimeLog log;

  ForegroundRun(StateDirectory states, Machine machine, RuntimeLog log) {
    this.states = states;
    this.machine = machine;
    this.log = log;
  }

  /** Returns the program's exit status, 128 and its number for a signal; 0 when detached. */
  int run(String id, CreateOptions options, boolean detach, boolean keep) {
    Containers containers = new Containers(states, machine, log);
    Creation.Created created = new Creation(states, machine, log).create(id, options, !detach);
    try (Launched launched = created.launched()) {
      try {
        containers.start(id);
      } catch (RuntimeFailure e) {
        delete(containers, id, e);
        throw e;
      }
      if (detach) {
        return 0;
      }
      int status = await(launched, containers, id);
      if (!keep) {
        containers.delete(id, true);
      }
      return status;
    }
  }

  private static void delete(Containers containers, String id, RuntimeFailure failure) {
    try {
      containers.delete(id, true);
    } catch (RuntimeFailure e) {
      failure.addSuppressed(e);
    }
  }

  /** Who ends this process by a signal means the container. */
  private static int await(Launched launched, Containers containers, String id) {
    launched.detach();
    Thread end = new Thread(() -> containers.kill(id, SIGTERM, false), "jollyboat-runtime-end");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      while (true) {
        Report report = launched.next(LONGEST_RUN);
        report.descriptor().ifPresent(Fd::close);
        if (report.type() == Report.Type.EXIT) {
          return ExecRun.exitCode(report.index());
        }
      }
    } finally {
      Runtime.getRuntime().removeShutdownHook(end);
    }
  }
}
