package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.cgroup.PlacedCgroup;
import io.jollyboat.linux.launcher.StartOrder;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import io.jollyboat.linux.syscall.UnixSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Operations on containers that are there (runtime.md, Operations). */
final class Containers {
  private static final int SIGKILL = 9;
  private static final Duration LONGEST_DEATH = Duration.ofSeconds(10);

  private final StateDirectory states;
  private final Machine machine;
  private final RuntimeLog log;

  Containers(StateDirectory states, Machine machine, RuntimeLog log) {
    this.states = states;
    this.machine = machine;
    this.log = log;
  }

  ContainerState.Status status(StateDirectory.Entry entry, ContainerState state) {
    if (!ProcessTable.runs(state.pid(), state.pidStart())) {
      return state.pid() == 0 ? ContainerState.Status.CREATING : ContainerState.Status.STOPPED;
    }
    if (Files.exists(entry.startSocket())) {
      return ContainerState.Status.CREATED;
    }
    return groups(state).isFrozen() ? ContainerState.Status.PAUSED : ContainerState.Status.RUNNING;
  }

  PlacedCgroup groups(ContainerState state) {
    return CgroupPlace.at(machine.layout(), state.cgroupPath());
  }

  /** Runs the program of a created container, then the poststart hooks. */
  void start(String id) {
    StateDirectory.Entry entry = states.find(id);
    try (StateDirectory.Lock lock = entry.lock()) {
      ContainerState state = entry.state();
      expect(entry, state, "start", ContainerState.Status.CREATED);
      Config config = entry.config(state.bundle());
      config.process();
      try (Fd connection = UnixSockets.connect(entry.startSocket(), SocketCalls.SOCK_SEQPACKET)) {
        StartOrder.give(connection, entry.steps());
        Files.deleteIfExists(entry.startSocket());
      } catch (KernelException e) {
        deleteQuietly(entry);
        throw new RuntimeFailure("start container " + id + ": " + Creation.explained(e), e);
      } catch (IOException e) {
        throw new RuntimeFailure("start container " + id + ": " + e.getMessage(), e);
      }
      HookRuns.runAll(
          "poststart", config.hooks().poststart(), state, ContainerState.Status.RUNNING, log);
    }
  }

  private static void deleteQuietly(StateDirectory.Entry entry) {
    try {
      Files.deleteIfExists(entry.startSocket());
    } catch (IOException e) {
      // the container is stopped, and its status says so without this file too
    }
  }

  private void expect(
      StateDirectory.Entry entry,
      ContainerState state,
      String operation,
      ContainerState.Status... wanted) {
    ContainerState.Status status = status(entry, state);
    if (!List.of(wanted).contains(status)) {
      throw new RuntimeFailure(
          "cannot "
              + operation
              + " container \""
              + entry.id()
              + "\": it is "
              + status
              + ", not "
              + List.of(wanted).stream()
                  .map(Object::toString)
                  .reduce((a, b) -> a + " or " + b)
                  .orElse(""));
    }
  }

  /**
   * @param all every process of the container
   */
  void kill(String id, int signal, boolean all) {
    StateDirectory.Entry entry = states.find(id);
    ContainerState state = entry.state();
    if (all) {
      killAll(state, signal);
      return;
    }
    ContainerState.Status status = status(entry, state);
    if (status == ContainerState.Status.STOPPED || status == ContainerState.Status.CREATING) {
      throw new RuntimeFailure("cannot kill container \"" + id + "\": container not running");
    }
    signalFirst(state, signal);
    // Of v1, a frozen process does not even die.
    if (signal == SIGKILL && status == ContainerState.Status.PAUSED) {
      groups(state).thaw();
    }
  }

  private static void signalFirst(ContainerState state, int signal) {
    try (Fd process = ProcessCalls.openPid(state.pid())) {
      if (ProcessTable.runs(state.pid(), state.pidStart())) {
        ProcessCalls.signal(process, signal);
      }
    } catch (KernelException e) {
      throw new RuntimeFailure(
          "cannot kill container \"" + state.id() + "\": " + e.getMessage(), e);
    }
  }

  private void killAll(ContainerState state, int signal) {
    if (state.sharedGroups()) {
      // All that is known to be the container's; its pid namespace ends with it.
      signalFirst(state, signal);
      return;
    }
    PlacedCgroup groups = groups(state);
    if (signal == SIGKILL) {
      groups.kill();
      return;
    }
    groups.processes().stream()
        .filter(pid -> pid > 0)
        .forEach(pid -> ProcessCalls.signal(pid, signal));
  }

  /**
   * @param force kills it first; one that does not exist is no error
   */
  void delete(String id, boolean force) {
    if (force && states.findIfThere(id).isEmpty()) {
      return;
    }
    StateDirectory.Entry entry = states.find(id);
    var known = entry.stateIfThere();
    if (known.isEmpty()) {
      entry.delete();
      return;
    }
    ContainerState state = known.get();
    ContainerState.Status status = status(entry, state);
    if (!force && status != ContainerState.Status.STOPPED) {
      throw new RuntimeFailure(
          "cannot delete container \"" + id + "\" that is not stopped: " + status);
    }
    end(state);
    Config config = entry.config(state.bundle());
    entry.delete();
    HookRuns.runAll(
        "poststop", config.hooks().poststop(), state, ContainerState.Status.STOPPED, log);
  }

  /** No process and no group is left. */
  private void end(ContainerState state) {
    PlacedCgroup groups = groups(state);
    Creation.kill(state);
    if (!state.sharedGroups() && groups.directories().stream().anyMatch(Files::isDirectory)) {
      if (groups.isFrozen()) {
        groups.thaw();
      }
      try {
        groups.kill();
        CgroupPlace.remove(groups, state.cgroupPath());
      } catch (CgroupException e) {
        throw new RuntimeFailure(
            "cannot delete container \"" + state.id() + "\": " + e.getMessage(), e);
      }
    }
    state.scope().ifPresent(unit -> SystemdScope.end(unit));
    awaitDeath(state);
  }

  private static void awaitDeath(ContainerState state) {
    long end = System.nanoTime() + LONGEST_DEATH.toNanos();
    while (ProcessTable.runs(state.pid(), state.pidStart()) && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  void pause(String id) {
    StateDirectory.Entry entry = states.find(id);
    ContainerState state = entry.state();
    expect(entry, state, "pause", ContainerState.Status.RUNNING, ContainerState.Status.CREATED);
    groups(state).freeze();
  }

  void resume(String id) {
    StateDirectory.Entry entry = states.find(id);
    ContainerState state = entry.state();
    expect(entry, state, "resume", ContainerState.Status.PAUSED);
    groups(state).thaw();
  }

  void update(String id, Fields resources) {
    StateDirectory.Entry entry = states.find(id);
    ContainerState state = entry.state();
    if (status(entry, state) == ContainerState.Status.STOPPED) {
      throw new RuntimeFailure("cannot update container \"" + id + "\": it is stopped");
    }
    try {
      ResourceWrites.of(groups(state)).write(resources);
    } catch (CgroupException e) {
      throw new RuntimeFailure("cannot update container \"" + id + "\": " + e.getMessage(), e);
    }
  }
}
