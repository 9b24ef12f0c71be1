package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Launcher;
import io.jollyboat.linux.launcher.Operations;
import java.util.List;
import java.util.Optional;

/**
 * A program of this machine that serves a container from outside. Its monitor ends it when this is
 * closed, and when this Java process is gone. Safe for use by several threads.
 */
public final class Companion implements AutoCloseable {
  private final StartedProcess started;
  private boolean closed;

  private Companion(StartedProcess started) {
    this.started = started;
  }

  static Companion start(Launcher launcher, List<String> words) {
    List<String> environment = List.of("PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C");
    Operations operations = Operations.builder().execute(words, environment);
    Launched launched = launcher.start(new LaunchRequest(operations));
    return new Companion(StartedProcess.await(launched, Optional.empty()));
  }

  /** Whether it has not ended by itself. */
  public synchronized boolean isRunning() {
    return !closed && started.pid().isRunning();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      started.kill();
    }
  }
}
