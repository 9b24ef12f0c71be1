package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.syscall.Fd;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** "run": creates and starts; without {@code --detach} waits for the end and deletes. */
final class ForegroundRun {
  private static final int SIGTERM = 15;

  private final StateDirectory states;
  private final Machine machine;
  private final RuntimeLog log;
  private final OwnCall own;

  ForegroundRun(StateDirectory states, Machine machine, RuntimeLog log, OwnCall own) {
    this.states = states;
    this.machine = machine;
    this.log = log;
    this.own = own;
  }

  /**
   * Returns 0 when detached; otherwise this process becomes one that ends as the program does.
   *
   * @param keep a container that has ended
   */
  int run(String id, CreateOptions options, boolean detach, boolean keep) {
    Containers containers = new Containers(states, machine, log);
    Creation.Created created = new Creation(states, machine, log).create(id, options, !detach);
    try (Launched launched = created.launched()) {
      // All that takes time comes before the program runs: its signals are this process's until
      // this is another one.
      List<String> last = keep || detach ? List.of() : own.with("delete", "--force", id);
      AtomicBoolean started = new AtomicBoolean();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(containers, id, started.get())));
      try {
        containers.start(id);
      } catch (RuntimeFailure e) {
        delete(containers, id, e);
        throw e;
      }
      started.set(true);
      if (!detach) {
        // Whoever kills this process has not killed the container.
        launched.detach();
        machine.follower().become(launched, created.terminal(), last);
      }
      return 0;
    } finally {
      created.terminal().ifPresent(Fd::close);
    }
  }

  /** Whoever ends this process means the container. */
  private static void end(Containers containers, String id, boolean started) {
    if (started) {
      containers.kill(id, SIGTERM, false);
    } else {
      containers.delete(id, true);
    }
  }

  private static void delete(Containers containers, String id, RuntimeFailure failure) {
    try {
      containers.delete(id, true);
    } catch (RuntimeFailure e) {
      failure.addSuppressed(e);
    }
  }
}
