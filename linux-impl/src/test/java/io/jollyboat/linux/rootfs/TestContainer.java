package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.CgroupLimits;
import io.jollyboat.linux.cgroup.CgroupMembership;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.linux.launcher.BusyboxRoot;
import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Launcher;
import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.process.ExecRequest;
import io.jollyboat.linux.process.MonitoredProcess;
import io.jollyboat.linux.process.ProcessRequest;
import io.jollyboat.linux.process.Processes;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.security.IdMaps;
import io.jollyboat.linux.security.SeccompProgram;
import io.jollyboat.linux.security.SeccompPrograms;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Runs programs in a busybox image with everything that {@link Isolation} puts around them. */
final class TestContainer implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Set<Namespace> NAMESPACES =
      Set.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.IPC, Namespace.NETWORK);

  record Result(int status, String output, long outOfMemoryKills) {}

  final Path directory;
  final Path image;
  final CgroupLayout layout = CgroupLayout.detect();
  final Cgroups cgroups;
  final Isolation isolation;
  final InitLayers initLayers;
  private final LauncherBinary binary;
  private final Launcher launcher;
  private final SeccompPrograms seccomp = SeccompPrograms.ofThisMachine();
  private int count;

  CgroupLimits limits = CgroupLimits.DEFAULT;
  List<ContainerMount> mounts = List.of();
  ImageUser user = ImageUser.ROOT;
  Capabilities capabilities = Capabilities.DEFAULT;
  boolean noNewPrivileges = true;
  boolean readOnly;
  Optional<IdMaps> userNamespace = Optional.empty();
  Optional<String> appArmor = Optional.empty();
  KernelView kernel = KernelView.DEFAULT;
  Optional<SeccompProgram> filter = Optional.empty();
  String workdir = "/";
  List<Path> layersTopFirst = List.of();
  Optional<Path> hostEtc = Optional.empty();
  String path = "PATH=/bin";

  TestContainer(Path directory) throws IOException {
    this.directory = directory;
    image = BusyboxRoot.in(directory).layer();
    layersTopFirst = List.of(image);
    cgroups = Cgroups.open(layout, "test-" + ProcessHandle.current().pid());
    isolation = Isolation.ofThisMachine(layout, directory.resolve("cgroup"));
    initLayers = new InitLayers(new PlainLayerTrees(), directory.resolve("init"));
    binary = LauncherBinary.load(directory);
    launcher = new Launcher(binary);
  }

  ContainerPlan plan(CgroupMembership membership, String... words) throws IOException {
    Path own = Files.createDirectory(directory.resolve("c" + count++));
    Path upper = Files.createDirectory(own.resolve("upper"));
    Path work = Files.createDirectory(own.resolve("work"));
    InitLayers.Prepared prepared =
        initLayers.prepare(layersTopFirst.toString(), layersTopFirst, mounts);
    return new ContainerPlan(
        membership,
        OptionalInt.empty(),
        new RootFileSystem(
            directory.resolve("mount"),
            prepared.layersTopFirst(),
            directory,
            Optional.of(new RootFileSystem.Writable(upper, work)),
            readOnly),
        prepared.mounts(),
        hostEtc,
        Surroundings.standard(NamespacePlan.ALL_OWN, "testhost"),
        kernel,
        new ContainerPlan.Rights(
            user,
            capabilities,
            noNewPrivileges,
            filter.or(() -> Optional.of(seccomp.standard(capabilities))),
            userNamespace,
            appArmor),
        workdir,
        List.of(words),
        List.of(path, "HOME=/root"));
  }

  Result shell(String script) throws IOException {
    return run("/bin/sh", "-c", script);
  }

  Result run(String... words) throws IOException {
    try (ContainerCgroup group = cgroups.create("c" + count, limits)) {
      ContainerPlan plan = plan(group.membership(), words);
      LaunchRequest request = new LaunchRequest(isolation.operations(plan)).namespaces(NAMESPACES);
      Optional<Fd> unified =
          group
              .membership()
              .unified()
              .map(
                  p -> FileCalls.open(p.toString(), OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0));
      unified.ifPresent(request::cgroup);
      try {
        return run(request, group);
      } finally {
        unified.ifPresent(Fd::close);
      }
    }
  }

  /** What a script prints that is executed beside a container's first process. */
  String exec(String script) throws IOException {
    Path own = Files.createDirectory(directory.resolve("processes"));
    try (ContainerCgroup group = cgroups.create("c" + count, limits);
        Processes processes = Processes.open(own)) {
      ContainerPlan plan = plan(group.membership(), "/bin/sleep", "100");
      List<String> tasks = group.membership().tasks().stream().map(Path::toString).toList();
      ProcessRequest start = new ProcessRequest(isolation.operations(plan), own.resolve("log"));
      try (MonitoredProcess first = processes.start(start.namespaces(NAMESPACES))) {
        ExecRequest request =
            new ExecRequest(
                    first.descriptor(),
                    joined ->
                        isolation.execute(
                            joined,
                            new JoinPlan(
                                plan.rights(),
                                List.of(),
                                Optional.empty(),
                                "/",
                                List.of("/bin/sh", "-c", script),
                                plan.environment())))
                .cgroupFiles(tasks);
        return processes.exec(request).out();
      }
    }
  }

  private Result run(LaunchRequest request, ContainerCgroup group) {
    try (FileCalls.Pipe pipe = FileCalls.pipe()) {
      Launched launched = start(request, pipe);
      try {
        launched.expect(Report.Type.PID, SOON).descriptor().orElseThrow().close();
        launched.expect(Report.Type.RUNNING, SOON);
        String output = readAll(pipe.readEnd());
        int status = launched.expect(Report.Type.EXIT, SOON).index();
        return new Result(status, output, group.outOfMemoryKills());
      } finally {
        launched.close();
        launched.reap();
      }
    }
  }

  /** Descriptors for the launcher are numbered above those that it gives to the program. */
  private Launched start(LaunchRequest request, FileCalls.Pipe pipe) {
    Fd high = FileCalls.duplicate(pipe.writeEnd(), 30);
    try {
      return launcher.start(request.output(high, high));
    } finally {
      high.close();
      pipe.writeEnd().close();
    }
  }

  private static String readAll(Fd fd) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    for (int n = FileCalls.read(fd, buffer); n > 0; n = FileCalls.read(fd, buffer)) {
      all.write(buffer, 0, n);
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  List<Path> inUpper() throws IOException {
    List<Path> found = new ArrayList<>();
    Path upper = directory.resolve("c" + (count - 1)).resolve("upper");
    try (var all = Files.walk(upper)) {
      all.filter(p -> !p.equals(upper)).map(upper::relativize).forEach(found::add);
    }
    return found;
  }

  @Override
  public void close() {
    launcher.close();
    binary.close();
    cgroups.close();
  }
}
