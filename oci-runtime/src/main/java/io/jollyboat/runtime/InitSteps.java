package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.PlacedCgroup;
import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.MountSteps;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.Propagation;
import io.jollyboat.linux.launcher.StartSteps;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.security.Sysctls;
import io.jollyboat.linux.syscall.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From a configuration to what the container's first process does, in the order of runtime.md,
 * Lifecycle: all that is not the program's before it waits for the start.
 */
final class InitSteps {
  /** These are entered by the monitor, for its child; the child enters the others itself. */
  private static final Set<Namespace> FOR_CHILDREN =
      Set.of(Namespace.PID, Namespace.TIME, Namespace.USER);

  private final Config config;
  private final ProcessConfig process;
  private final CreateOptions options;
  private final Machine machine;
  private final PlacedCgroup groups;
  private final RuntimeLog log;
  private final OpenNamespaces namespaces;
  private final MappedMounts mapped;
  private final OperationsBuilder operations = Operations.builder();

  InitSteps(
      Config config,
      CreateOptions options,
      Machine machine,
      PlacedCgroup groups,
      RuntimeLog log,
      OpenNamespaces namespaces,
      MappedMounts mapped) {
    this.config = config;
    this.process = options.preserved().tell(HomeDirectory.given(config.process(), config.root()));
    this.options = options;
    this.machine = machine;
    this.groups = groups;
    this.log = log;
    this.namespaces = namespaces;
    this.mapped = mapped;
  }

  /**
   * @param listener where the process waits to be started
   */
  LaunchRequest request(Fd listener, HookStreams streams) {
    ProgramSteps program = new ProgramSteps(operations, process, log);
    StartSteps start = new StartSteps(operations);
    RootSteps root = new RootSteps(operations, config, machine, groups, mapped);
    enter(program);
    root.mounts();
    root.devices();
    if (process.terminal()) {
      ProcessConfig.ConsoleSize size = Console.size(process, options.consoleSocket());
      operations.terminal(size.rows(), size.columns(), process.user().uid());
    }
    if (!process.cwd().equals("/")) {
      operations.makeDirectory(process.cwd(), 0755);
    }
    if (config.hooks().beforeStart()) {
      start.call();
    }
    hooks(start, config.hooks().createContainer(), streams.creating());
    sysctls();
    root.protect();
    program.labels();
    leaveOldRoot();
    names();
    program.limits();
    start.findProgram(process.arguments().get(0), process.programPaths());
    start.awaitStart(listener);
    hooks(start, config.hooks().startContainer(), streams.created());
    return launch(
        program.become(config.linux().seccomp(), streams.listener(), held(), options.preserved()));
  }

  private void enter(ProgramSteps program) {
    groups.membership().tasks().forEach(tasks -> operations.writeFile(tasks.toString(), "0"));
    program.onTheHost();
    namespaces.each(
        (kind, fd) -> {
          if (!FOR_CHILDREN.contains(kind) && !ownUsers()) {
            operations.joinNamespaces(fd, Set.of(kind));
          }
        });
    if (config.linux().isNew(Namespace.CGROUP)) {
      operations.unshare(Namespace.CGROUP);
    }
    if (!options.noNewKeyring()) {
      operations.newKeyring();
    }
    if (ownUsers()) {
      LinuxConfig linux = config.linux();
      new StartSteps(operations)
          .beMapped(IdMapping.lines(linux.ids().users()), IdMapping.lines(linux.ids().groups()));
    }
    bindRoot();
  }

  private void bindRoot() {
    MountSteps mounts = new MountSteps(operations);
    Propagation wanted =
        config
            .linux()
            .rootPropagation()
            .map(MountOptions.Relation::propagation)
            .orElse(Propagation.SLAVE);
    if (wanted == Propagation.SHARED) {
      // What is mounted in the root must not be seen by the host: only the mount it lies on.
      mounts.propagationOfHost(mountOf(config.root()), Propagation.PRIVATE);
    } else {
      mounts.propagation(
          wanted == Propagation.PRIVATE ? Propagation.PRIVATE : Propagation.SLAVE, true);
    }
    operations.rootBind(config.root().toString(), config.root().toString());
  }

  private boolean ownUsers() {
    return config.linux().isNew(Namespace.USER);
  }

  /** The mount point that a path of the host lies below. */
  private static String mountOf(Path path) {
    try {
      Path real = path.toRealPath();
      Path found = Path.of("/");
      for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
        Path mountPoint = Path.of(line.split(" ")[4]);
        if (real.startsWith(mountPoint) && mountPoint.getNameCount() >= found.getNameCount()) {
          found = mountPoint;
        }
      }
      return found.toString();
    } catch (IOException e) {
      throw new RuntimeFailure("root.path: cannot find " + path + ": " + e.getMessage(), e);
    }
  }

  private static void hooks(
      StartSteps start, List<HookConfig> hooks, StartSteps.HookStreams streams) {
    for (HookConfig hook : hooks) {
      start.hook(hook.path(), hook.arguments(), hook.environment(), hook.seconds(), streams);
    }
  }

  private void sysctls() {
    LinuxConfig linux = config.linux();
    boolean network = linux.namespaces().containsKey(Namespace.NETWORK);
    boolean ipc = linux.namespaces().containsKey(Namespace.IPC);
    for (Map.Entry<String, String> sysctl : linux.sysctl().entrySet()) {
      String name = sysctl.getKey().replace('/', '.');
      try {
        operations.sysctl(Sysctls.file(name, network, ipc), sysctl.getValue());
      } catch (IllegalArgumentException e) {
        throw new RuntimeFailure("linux.sysctl: " + e.getMessage(), e);
      }
    }
  }

  private void leaveOldRoot() {
    MountSteps mounts = new MountSteps(operations);
    if (options.noPivot()) {
      mounts.coverRoot();
    } else {
      operations.pivot();
    }
    config
        .linux()
        .rootPropagation()
        .ifPresent(relation -> mounts.propagation(relation.propagation(), relation.recursive()));
  }

  private void names() {
    config.hostname().ifPresent(operations::hostname);
    config.domainname().ifPresent(operations::domainname);
    if (config.linux().isNew(Namespace.NETWORK)) {
      operations.loopbackUp();
    }
    config.linux().memoryPolicy().ifPresent(policy -> policy.apply(operations));
    config
        .linux()
        .personality()
        .ifPresent(
            domain ->
                new io.jollyboat.linux.launcher.ScheduleSteps(operations).personality(domain));
  }

  private LaunchRequest launch(Operations all) {
    LinuxConfig linux = config.linux();
    Set<Namespace> born = EnumSet.noneOf(Namespace.class);
    linux
        .namespaces()
        .forEach(
            (kind, path) -> {
              if (path.isEmpty() && kind != Namespace.CGROUP && kind != Namespace.TIME) {
                born.add(kind);
              }
            });
    LaunchRequest request = new LaunchRequest(all).namespaces(born).waitForGo();
    if (linux.isNew(Namespace.TIME)) {
      request.time(linux.timeOffsets().orElse(""));
    }
    if (ownUsers()) {
      // Only from outside: the new namespace has no say over those that are there already.
      request.ownPipes(IdMapping.outside(linux.ids().users(), process.user().uid()));
      namespaces.each((kind, fd) -> request.joinBefore(fd, Set.of(kind)));
      return request;
    }
    // The user namespace last: without it this process may enter the others.
    for (Namespace kind : List.of(Namespace.PID, Namespace.TIME, Namespace.USER)) {
      namespaces.find(kind).ifPresent(fd -> request.joinBefore(fd, Set.of(kind)));
    }
    return request;
  }

  /** In a user namespace a process has every right to begin with. */
  private Capabilities held() {
    return config.linux().namespaces().containsKey(Namespace.USER)
        ? Capabilities.ALL
        : Machine.held();
  }
}
