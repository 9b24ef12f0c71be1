package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.PlacedCgroup;
import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.launcher.StartSteps;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import io.jollyboat.linux.syscall.UnixSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes a container that waits to be started (runtime.md, Create). */
final class Creation {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int SIGKILL = 9;

  private final StateDirectory states;
  private final Machine machine;
  private final RuntimeLog log;

  Creation(StateDirectory states, Machine machine, RuntimeLog log) {
    this.states = states;
    this.machine = machine;
    this.log = log;
  }

  /**
   * A container that was made.
   *
   * @param launched the monitor, which only stays where it was asked for
   * @param terminal its other side, where the monitor stays
   */
  record Created(
      StateDirectory.Entry entry, ContainerState state, Launched launched, Optional<Fd> terminal) {}

  /**
   * @param stay the monitor stays, as this process waits for the program's end
   * @throws RuntimeFailure after all that was made is gone again
   */
  Created create(String id, CreateOptions options, boolean stay) {
    byte[] file = read(options.bundle().resolve("config.json"));
    Config config = Config.of(file, options.bundle());
    checkConsole(config.process(), options, stay);
    Optional<SystemdScope> scope =
        CgroupPlace.scopeOf(id, config.linux().cgroupsPath(), options.systemd(), machine.layout());
    String path =
        scope
            .map(SystemdScope::path)
            .orElseGet(() -> CgroupPlace.pathOf(id, config.linux().cgroupsPath()));
    PlacedCgroup groups = CgroupPlace.at(machine.layout(), path);
    boolean shared = groups.isInUse();
    StateDirectory.Entry entry = states.create(id);
    CreationUndo undo = new CreationUndo(entry, groups, path, shared);
    // Whoever ends this process ends what it has begun.
    Thread end = new Thread(undo::run);
    Runtime.getRuntime().addShutdownHook(end);
    try (SystemdScope.Anchor unused = anchor(scope, groups)) {
      entry.saveConfig(file);
      groups.make();
      ResourceWrites.of(groups).writeNew(config.linux().resources());
      ContainerState state =
          new ContainerState(
              id,
              config.version(),
              0,
              0,
              options.bundle(),
              config.root(),
              path,
              scope.map(SystemdScope::unit),
              shared,
              Instant.now().toString(),
              config.annotations());
      Created created = launch(config, options, entry, groups, state, stay);
      Runtime.getRuntime().removeShutdownHook(end);
      return created;
    } catch (RuntimeException e) {
      undo.run().ifPresent(e::addSuppressed);
      throw e instanceof RuntimeFailure ? e : new RuntimeFailure(String.valueOf(e.getMessage()), e);
    }
  }

  private static SystemdScope.Anchor anchor(Optional<SystemdScope> scope, PlacedCgroup groups) {
    return scope
        .map(unit -> unit.start(groups.directories().get(0)))
        .orElse(SystemdScope.Anchor.NONE);
  }

  private static void checkConsole(ProcessConfig process, CreateOptions options, boolean stay) {
    if (stay && options.consoleSocket().isPresent()) {
      throw new RuntimeFailure("--console-socket is for a container that nobody waits for");
    }
    if (!stay && process.terminal() && options.consoleSocket().isEmpty()) {
      throw new RuntimeFailure(
          "process.terminal: the terminal's other side needs a place: give --console-socket");
    }
    if (!process.terminal() && options.consoleSocket().isPresent()) {
      throw new RuntimeFailure("--console-socket is for a process with a terminal");
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read the bundle's " + file + ": no such file?", e);
    }
  }

  private Created launch(
      Config config,
      CreateOptions options,
      StateDirectory.Entry entry,
      PlacedCgroup groups,
      ContainerState state,
      boolean stay) {
    try (Fd listener = UnixSockets.listen(entry.startSocket(), SocketCalls.SOCK_SEQPACKET);
        OpenNamespaces namespaces = OpenNamespaces.of(config.linux());
        MappedMounts mapped = MappedMounts.of(config.mounts(), machine.binary());
        HookStreams streams = new HookStreams(SeccompListener.of(config.linux().seccomp()));
        Cgroup2Directory unified = Cgroup2Directory.open(groups)) {
      InitSteps steps = new InitSteps(config, options, machine, groups, log, namespaces, mapped);
      LaunchRequest request = steps.request(listener, streams);
      request.stdin(new Fd(0)).output(new Fd(1), new Fd(2));
      unified.fd().ifPresent(request::cgroup);
      if (!stay) {
        request.leave();
      }
      Launched launched = machine.launcher().start(request);
      try {
        entry.saveSteps(request.names());
        return await(launched, config, options, entry, state, streams);
      } catch (RuntimeException e) {
        launched.kill(SIGKILL);
        launched.close();
        launched.reap();
        throw e;
      }
    }
  }

  /** Does this process's part until the container waits to be started. */
  private Created await(
      Launched launched,
      Config config,
      CreateOptions options,
      StateDirectory.Entry entry,
      ContainerState unknown,
      HookStreams streams) {
    ContainerState state = unknown;
    Optional<Fd> terminal = Optional.empty();
    try {
      while (true) {
        Report report = launched.next(LONGEST);
        switch (report.type()) {
          case PID -> {
            report.descriptor().ifPresent(Fd::close);
            state = known(unknown, (int) report.value());
            entry.save(state);
            streams.write(state);
            launched.go();
          }
          case TERMINAL -> terminal = report.descriptor();
          case CALL -> {
            HookConfig.All hooks = config.hooks();
            HookRuns.run("prestart", hooks.prestart(), state, ContainerState.Status.CREATING);
            HookRuns.run(
                "createRuntime", hooks.createRuntime(), state, ContainerState.Status.CREATING);
            launched.go();
          }
          case READY -> {
            PidFile.write(options.pidFile(), state.pid());
            if (options.consoleSocket().isEmpty()) {
              Created created = new Created(entry, state, launched, terminal);
              terminal = Optional.empty();
              return created;
            }
            terminal.ifPresent(fd -> Console.send(fd, options.consoleSocket().get()));
            return new Created(entry, state, launched, Optional.empty());
          }
          default -> log.debug("unexpected report " + report.type());
        }
      }
    } catch (KernelException e) {
      throw explained(e, streams);
    } finally {
      terminal.ifPresent(Fd::close);
    }
  }

  private static ContainerState known(ContainerState state, int pid) {
    return state.withProcess(pid, ProcessTable.startOf(pid).orElse(0));
  }

  static RuntimeFailure explained(KernelException e, HookStreams streams) {
    String printed = streams.printed();
    return new RuntimeFailure(
        explained(e) + (printed.isEmpty() || !isHook(e) ? "" : ": " + printed), e);
  }

  /** A step and its error; of a hook its exit status. */
  static String explained(KernelException e) {
    int status = e.errno().number() - StartSteps.EXIT_STATUS;
    return isHook(e) ? e.call() + ": exit status " + status : String.valueOf(e.getMessage());
  }

  private static boolean isHook(KernelException e) {
    return e.errno().number() >= StartSteps.EXIT_STATUS;
  }

  /** Ends a container whose start has failed. */
  static void kill(ContainerState state) {
    if (ProcessTable.runs(state.pid(), state.pidStart())) {
      ProcessCalls.signal(state.pid(), SIGKILL);
    }
  }
}
