package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.Pid;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process to start under a monitor. Operations and descriptors stay the caller's until {@link
 * Processes#start} has returned. Not safe for use by several threads.
 */
public final class ProcessRequest {

  private final Operations operations;
  private final Path log;
  private Set<Namespace> namespaces = Set.of();
  private List<String> monitorCgroups = List.of();
  private @Nullable Fd cgroup;
  private @Nullable String freezer;
  private @Nullable Path state;
  private @Nullable Fd listener;
  private final List<Fd> held = new ArrayList<>();
  private long logLimit;
  private int logFiles;
  private @Nullable Consumer<Pid> beforeRun;
  private boolean interactive;
  private boolean detached;
  private boolean terminal;
  private @Nullable Fd processIds;
  private @Nullable String group;

  /**
   * @param operations what the process does; the last one executes its program
   * @param log where its output is kept, in files of this path and a number; continued if there
   */
  public ProcessRequest(Operations operations, Path log) {
    this.operations = operations;
    this.log = log;
  }

  /** New namespaces that the process is born in. */
  public ProcessRequest namespaces(Set<Namespace> kinds) {
    namespaces = Set.copyOf(kinds);
    return this;
  }

  /** The v2 cgroup that the process is born in. On v1 an operation writes to {@code tasks}. */
  public ProcessRequest cgroup(Fd directory) {
    cgroup = directory;
    return this;
  }

  /** Files to which the monitor writes {@code 0} first: it moves to the engine's own cgroups. */
  public ProcessRequest monitorCgroups(List<String> files) {
    monitorCgroups = List.copyOf(files);
    return this;
  }

  /** {@code freezer.state} of the process's v1 cgroup, which has to be thawed to be killed. */
  public ProcessRequest freezer(String stateFile) {
    freezer = stateFile;
    return this;
  }

  /** Directory where the monitor leaves the exit status, in the file {@code exit}. */
  public ProcessRequest state(Path directory) {
    state = directory;
    return this;
  }

  /**
   * How much of the output is kept: of files of at most {@code bytes} each, the last {@code files}.
   * Without this all of it is.
   */
  public ProcessRequest logLimit(long bytes, int files) {
    logLimit = bytes;
    logFiles = files;
    return this;
  }

  /** A listening socket where others take over a detached process, by {@link Processes#attach}. */
  public ProcessRequest listener(Fd socket) {
    listener = socket;
    return this;
  }

  /** A file that the monitor keeps open as long as it lives, with the lock that it holds. */
  public ProcessRequest hold(Fd file) {
    held.add(file);
    return this;
  }

  /** The process is born in the pid namespace of another one, given by descriptor. */
  public ProcessRequest joinProcessIds(Fd process) {
    processIds = process;
    return this;
  }

  /**
   * Directory of the group whose processes end with the process: for one without a pid namespace of
   * its own, whose end does not take along what it has started.
   */
  public ProcessRequest group(Path directory) {
    group = directory.toString();
    return this;
  }

  /** The operations open a terminal, which standard input goes to. */
  public ProcessRequest terminal() {
    terminal = true;
    return this;
  }

  /** Standard input is a pipe, or the terminal; otherwise it is empty. */
  public ProcessRequest interactive() {
    interactive = true;
    return this;
  }

  /** The process outlives this one, and the engine. */
  public ProcessRequest detached() {
    detached = true;
    return this;
  }

  /**
   * Called with the process when its namespaces exist and before it does anything: for moving a
   * network interface to it. What it throws ends the start.
   */
  public ProcessRequest beforeRun(Consumer<Pid> action) {
    beforeRun = action;
    return this;
  }

  Path log() {
    return log;
  }

  /** The monitor makes new files of the log in the directory where its exit status goes. */
  Optional<Path> state() {
    return state == null && logLimit > 0
        ? Optional.ofNullable(log.toAbsolutePath().getParent())
        : Optional.ofNullable(state);
  }

  Optional<Consumer<Pid>> beforeRun() {
    return Optional.ofNullable(beforeRun);
  }

  boolean isInteractive() {
    return interactive;
  }

  boolean hasTerminal() {
    return terminal;
  }

  boolean isDetached() {
    return detached;
  }

  /**
   * @param users the user namespace that the process lives in, for all but root
   */
  LaunchRequest toLaunch(LogFiles.Last logFile, Optional<Fd> users) {
    LaunchRequest launch = new LaunchRequest(operations).namespaces(namespaces).log(logFile.file());
    launch.logStart(logFile.start()).logLimit(logLimit, logFiles);
    users.ifPresent(launch::userNamespace);
    launch.monitorCgroups(monitorCgroups);
    if (cgroup != null) {
      launch.cgroup(cgroup);
    }
    if (freezer != null) {
      launch.freezer(freezer);
    }
    if (listener != null) {
      launch.listener(listener);
    }
    held.forEach(launch::hold);
    if (processIds != null) {
      launch.joinBefore(processIds, Set.of(Namespace.PID));
    }
    if (group != null) {
      launch.group(group);
    }
    if (beforeRun != null) {
      launch.waitForGo();
    }
    return detached ? launch.detached() : launch;
  }
}
