package io.jollyboat.engine;

import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.security.Capabilities;

/**
 * Whether somebody in a container's pid namespace may trace processes there that still have rights
 * of the engine (ptrace(2), "Ptrace access mode checking"): for all others a process that is not
 * dumpable is closed. Safe for use by several threads.
 */
final class Tracers {
  private volatile boolean possible;

  private Tracers(boolean possible) {
    this.possible = possible;
  }

  /** Of one whose processes and visitors are not all known here. */
  static Tracers possible() {
    return new Tracers(true);
  }

  /**
   * @param capabilities that a process of the container can get
   */
  static Tracers of(ProcessPlan plan, Capabilities capabilities) {
    boolean own = plan.setting().surroundings().namespaces().isOwn(Namespace.PID);
    return new Tracers(!own || plan.detached() || capabilities.contains("CAP_SYS_PTRACE"));
  }

  /** Somebody joins who may have other capabilities. */
  void admit() {
    possible = true;
  }

  boolean arePossible() {
    return possible;
  }
}
