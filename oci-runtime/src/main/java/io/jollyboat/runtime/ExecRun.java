package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.PlacedCgroup;
import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs one more program in a container. */
final class ExecRun {
  private static final Duration LONGEST_START = Duration.ofMinutes(5);

  private static final Map<Namespace, String> FILES =
      Map.of(
          Namespace.MOUNT, "mnt",
          Namespace.CGROUP, "cgroup",
          Namespace.UTS, "uts",
          Namespace.IPC, "ipc",
          Namespace.USER, "user",
          Namespace.PID, "pid",
          Namespace.NETWORK, "net",
          Namespace.TIME, "time");

  private final Containers containers;
  private final Machine machine;
  private final RuntimeLog log;

  ExecRun(Containers containers, Machine machine, RuntimeLog log) {
    this.containers = containers;
    this.machine = machine;
    this.log = log;
  }

  /**
   * @param detach returns 0 as soon as the program runs
   * @param groups below the container's, by controller
   */
  record Options(
      boolean detach,
      Optional<Path> pidFile,
      Optional<Path> consoleSocket,
      boolean ignorePaused,
      Map<String, String> groups,
      PreservedDescriptors preserved) {}

  /** Returns 0 when detached; otherwise this process becomes one that ends as the program does. */
  int run(StateDirectory.Entry entry, ProcessConfig asked, Options options) {
    ContainerState state = entry.state();
    check(entry, state, asked, options);
    Path root = Path.of("/proc", Integer.toString(state.pid()), "root");
    ProcessConfig process = options.preserved().tell(HomeDirectory.given(asked, root));
    LinuxConfig linux = entry.config(state.bundle()).linux();
    PlacedCgroup groups = containers.groups(state).below(options.groups());
    try (Fd container = ProcessCalls.openPid(state.pid());
        SeccompListener listener = SeccompListener.of(linux.seccomp());
        Cgroup2Directory unified = Cgroup2Directory.open(groups)) {
      LaunchRequest request = request(state, process, linux, listener, groups, container, options);
      unified.fd().ifPresent(request::cgroup);
      if (options.detach()) {
        request.leave();
      }
      try (Launched launched = machine.launcher().start(request)) {
        return await(launched, state, listener, options);
      }
    } catch (KernelException e) {
      throw new RuntimeFailure("exec in container \"" + entry.id() + "\": " + e.getMessage(), e);
    }
  }

  private void check(
      StateDirectory.Entry entry, ContainerState state, ProcessConfig process, Options options) {
    ContainerState.Status status = containers.status(entry, state);
    boolean paused = status == ContainerState.Status.PAUSED;
    if (status == ContainerState.Status.STOPPED
        || status == ContainerState.Status.CREATING
        || (paused && !options.ignorePaused())) {
      throw new RuntimeFailure("cannot exec in a " + status + " container");
    }
    boolean socket = options.consoleSocket().isPresent();
    if (socket && !process.terminal()) {
      throw new RuntimeFailure("--console-socket is for a process with a terminal");
    }
    if (options.detach() && process.terminal() && !socket) {
      throw new RuntimeFailure(
          "process.terminal: the terminal's other side needs a place: give --console-socket");
    }
  }

  private LaunchRequest request(
      ContainerState state,
      ProcessConfig process,
      LinuxConfig linux,
      SeccompListener listener,
      PlacedCgroup groups,
      Fd container,
      Options options) {
    OperationsBuilder operations = Operations.builder();
    groups.membership().tasks().forEach(tasks -> operations.writeFile(tasks.toString(), "0"));
    ProgramSteps program = new ProgramSteps(operations, process, log);
    program.onTheHost();
    program.labels();
    Set<Namespace> others = differing(state.pid());
    boolean pids = others.remove(Namespace.PID);
    boolean time = others.remove(Namespace.TIME);
    boolean user = others.remove(Namespace.USER);
    if (!others.isEmpty()) {
      operations.joinNamespaces(container, others);
    }
    // Last: this one owns none of the others that are entered before.
    if (user) {
      List<IdMapping> users = IdMapping.ofProcess(state.pid());
      operations.ownPipes(IdMapping.outside(users, process.user().uid()));
      operations.joinNamespaces(container, Set.of(Namespace.USER));
    }
    operations.newKeyring();
    if (process.terminal()) {
      ProcessConfig.ConsoleSize size = Console.size(process, options.consoleSocket());
      operations.terminal(size.rows(), size.columns(), process.user().uid());
    }
    program.limits();
    process.schedule().applyToJoining(operations);
    linux.memoryPolicy().ifPresent(policy -> policy.apply(operations));
    LaunchRequest request =
        new LaunchRequest(
                program.become(
                    linux.seccomp(),
                    listener,
                    user ? Capabilities.ALL : Machine.held(),
                    options.preserved()))
            .waitForGo();
    request.stdin(new Fd(0)).output(new Fd(1), new Fd(2));
    Set<Namespace> before = EnumSet.noneOf(Namespace.class);
    if (pids) {
      before.add(Namespace.PID);
    }
    if (time) {
      before.add(Namespace.TIME);
    }
    if (!before.isEmpty()) {
      request.joinBefore(container, before);
    }
    return request;
  }

  /** Those that the container's process does not share with this one. */
  private static Set<Namespace> differing(int pid) {
    Set<Namespace> differing = EnumSet.noneOf(Namespace.class);
    FILES.forEach(
        (kind, file) -> {
          try {
            Path own = Files.readSymbolicLink(Path.of("/proc/self/ns", file));
            Path its = Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns", file));
            if (!own.equals(its)) {
              differing.add(kind);
            }
          } catch (IOException e) {
            // a kernel without namespaces of that kind
          }
        });
    return differing;
  }

  private int await(
      Launched launched, ContainerState state, SeccompListener listener, Options options) {
    int pid = 0;
    Optional<Fd> terminal = Optional.empty();
    try {
      while (true) {
        Report report = launched.next(LONGEST_START);
        switch (report.type()) {
          case PID -> {
            report.descriptor().ifPresent(Fd::close);
            pid = (int) report.value();
            listener.write(state, pid, ContainerState.Status.RUNNING);
            launched.go();
          }
          case TERMINAL -> terminal = report.descriptor();
          case RUNNING -> {
            PidFile.write(options.pidFile(), pid);
            if (options.consoleSocket().isPresent()) {
              terminal.ifPresent(fd -> Console.send(fd, options.consoleSocket().get()));
              terminal.ifPresent(Fd::close);
              terminal = Optional.empty();
            }
            if (!options.detach()) {
              machine.follower().become(launched, terminal, List.of());
            }
            return 0;
          }
          default -> {
            // nothing else is sent to who asked for nothing else
          }
        }
      }
    } finally {
      terminal.ifPresent(Fd::close);
    }
  }
}
