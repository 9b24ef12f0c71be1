package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.syscall.Fd;
import java.util.List;

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
      try {
        containers.start(id);
      } catch (RuntimeFailure e) {
        delete(containers, id, e);
        throw e;
      }
      if (!detach) {
        // Whoever kills this process has not killed the container.
        launched.detach();
        // Only until the other program takes over, which hands on every signal.
        Thread end = new Thread(() -> containers.kill(id, SIGTERM, false));
        Runtime.getRuntime().addShutdownHook(end);
        List<String> last = keep ? List.of() : own.with("delete", "--force", id);
        machine.follower().become(launched, created.terminal(), last);
      }
      return 0;
    } finally {
      created.terminal().ifPresent(Fd::close);
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
