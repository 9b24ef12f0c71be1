package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerId;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.NetworkMode;
import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.cgroup.CgroupMembership;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.network.Attachment;
import io.jollyboat.linux.network.DnsForwarder;
import io.jollyboat.linux.network.PortInUseException;
import io.jollyboat.linux.network.PortRelay;
import io.jollyboat.linux.network.PublishedPorts;
import io.jollyboat.linux.network.ResolvConf;
import io.jollyboat.linux.network.UserNetwork;
import io.jollyboat.linux.process.Companion;
import io.jollyboat.linux.process.MonitoredProcess;
import io.jollyboat.linux.process.ProcessRequest;
import io.jollyboat.linux.process.Processes;
import io.jollyboat.linux.rootfs.ContainerMount;
import io.jollyboat.linux.rootfs.ContainerPlan;
import io.jollyboat.linux.rootfs.ContainerPlan.Rights;
import io.jollyboat.linux.rootfs.HostRootfs;
import io.jollyboat.linux.rootfs.ImageUser;
import io.jollyboat.linux.rootfs.InitLayers;
import io.jollyboat.linux.rootfs.NamespacePlan;
import io.jollyboat.linux.rootfs.OpenMounts;
import io.jollyboat.linux.rootfs.RootDisk;
import io.jollyboat.linux.rootfs.RootFileSystem;
import io.jollyboat.linux.rootfs.Surroundings;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.userns.UserNamespace;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Starts isolated processes, as a list of steps. Safe for use by several threads. */
final class Isolator {
  private final LinuxParts linux;
  private final ProcessEnvironment environment;
  private final Path mountPoint;
  private final Path layersDirectory;
  private final FileLocks locks;

  Isolator(
      LinuxParts linux,
      ProcessEnvironment environment,
      Path mountPoint,
      Path layersDirectory,
      FileLocks locks) {
    this.linux = linux;
    this.environment = environment;
    this.mountPoint = mountPoint;
    this.layersDirectory = layersDirectory;
    this.locks = locks;
  }

  /**
   * Starts a process and waits until it runs its program.
   *
   * @throws ContainerException naming the operation and the kernel's error; nothing is left then
   */
  IsolatedProcess start(ProcessPlan plan) {
    CloseStack undo = new CloseStack();
    try (Detachment detachment = Detachment.of(plan, linux.detached())) {
      Optional<UserNetwork> carrier = carrier(plan);
      EngineFiles files =
          EngineFiles.write(plan, environment.trust(), carrier.map(UserNetwork::resolver));
      CloseStack serving = undo.push(new CloseStack());
      PublishedPorts ports = serving.push(PublishedPorts.listen(plan.ports()));
      Provision provision = undo.push(Provision.of(plan, linux));
      ContainerCgroup cgroup = provision.cgroup();
      OpenMounts mounts = undo.push(OpenMounts.of(plan.mounts(), locks));
      Operations operations = operations(plan, provision, mounts.mounts(), files);
      AtomicReference<@Nullable Attachment> network = new AtomicReference<>();
      ProcessRequest request = request(plan, operations, cgroup);
      detachment.to(request, plan.directory());
      if (hasBridge(plan)) {
        request.beforeRun(
            pid -> {
              Attachment attached = undo.push(attach(plan, pid));
              network.set(attached);
              provision.limit(attached);
              files.writeHosts(Optional.of(attached.address()));
              keep(plan, ports, Optional.of(attached.address()));
            });
      } else {
        keep(plan, ports, Optional.empty());
      }
      AtomicReference<@Nullable Companion> carrying = new AtomicReference<>();
      carrier.ifPresent(
          tool -> request.beforeRun(pid -> carrying.set(undo.push(carry(plan, tool, pid)))));
      MonitoredProcess process = start(request, cgroup.membership());
      undo.push(process::destroy);
      mounts.started();
      plan.writable().disk().ifPresent(RootDisk::started);
      Optional<Attachment> link = Optional.ofNullable(network.get());
      Optional<Inet4Address> address =
          link.map(Attachment::address)
              .or(() -> plan.setting().network().flatMap(Neighbour::address));
      CloseStack here = new CloseStack();
      here.push(provision::letGo);
      here.push(process);
      Optional.ofNullable(carrying.get()).ifPresent(companion -> here.push(companion::letGo));
      relay(plan, ports, process, address)
          .ifPresent(
              relay -> {
                PortRelay unused = serving.push(relay);
                here.push(() -> leave(relay, process));
              });
      resolver(plan, process).ifPresent(resolver -> here.push(undo.push(resolver)));
      ResourceControl control = undo.push(provision.control(process, link));
      return new IsolatedProcess(
          plan,
          process,
          cgroup,
          ports.ports(),
          address,
          linux.userNamespace(),
          tracers(plan),
          control,
          serving,
          undo,
          here);
    } catch (RuntimeException e) {
      undo.closeAfter(e);
      throw translated(plan, e);
    } catch (Error e) {
      undo.closeAfter(e);
      throw e;
    }
  }

  /**
   * The relay of a process that has ended still has its ports for a moment, which a restart wants.
   */
  private static void leave(PortRelay relay, MonitoredProcess process) {
    if (process.isRunning()) {
      relay.letGo();
    } else {
      relay.close();
    }
  }

  /** Takes over a detached process that runs; nothing where it has ended. */
  Optional<IsolatedProcess> takeOver(ProcessPlan plan) {
    Path socket = linux.detached().socket(plan.id());
    Optional<RunFile> run = RunFile.read(plan.directory());
    if (run.isEmpty() || !Files.exists(socket)) {
      return Optional.empty();
    }
    return linux
        .processes()
        .attach(socket, plan.directory().resolve("log"))
        .map(process -> takenOver(plan, process, run.get()));
  }

  private IsolatedProcess takenOver(ProcessPlan plan, MonitoredProcess process, RunFile run) {
    CloseStack all = new CloseStack();
    CloseStack here = new CloseStack();
    here.push(process);
    try {
      Provision provision = all.push(Provision.found(plan, linux));
      here.push(provision::letGo);
      all.push(process::destroy);
      Optional<UserNamespace> users =
          linux.userNamespace().map(own -> here.push(all.push(own.of(process.identity()))));
      names(plan, process).ifPresent(resolver -> here.push(all.push(resolver)));
      ResourceControl control = all.push(provision.control(process, Optional.empty()));
      control.found();
      return new IsolatedProcess(
          plan,
          process,
          provision.cgroup(),
          run.ports(),
          run.address(),
          users,
          Tracers.possible(),
          control,
          new CloseStack(),
          all,
          here);
    } catch (RuntimeException e) {
      here.closeAfter(e);
      throw e;
    }
  }

  /** None where another engine that has the container serves names to it. */
  private Optional<DnsForwarder> names(ProcessPlan plan, MonitoredProcess process) {
    try {
      return resolver(plan, process);
    } catch (ContainerException e) {
      return Optional.empty();
    }
  }

  /** Kills and removes what the last start of a detached process has left whose monitor is gone. */
  void clearDetached(ContainerId id) {
    Path socket = linux.detached().socket(id);
    if (Files.exists(socket)) {
      linux.detached().clear(id);
      FileCalls.unlink(socket.toString());
    }
  }

  private Attachment attach(ProcessPlan plan, Pid pid) {
    return plan.detached()
        ? linux.detached().attach(pid, plan.id().shortHex())
        : linux.bridge().attach(pid, plan.id().shortHex());
  }

  /** Before the program runs: whoever takes it over must find it. */
  private static void keep(ProcessPlan plan, PublishedPorts ports, Optional<Inet4Address> address) {
    if (plan.detached()) {
      new RunFile(ports.ports(), address).write(plan.directory());
    }
  }

  /** An ordinary user's containers all have his id. */
  private Tracers tracers(ProcessPlan plan) {
    return linux.userNamespace().isPresent()
        ? Tracers.possible()
        : Tracers.of(plan, rights(plan).capabilities());
  }

  private ContainerRights rights(ProcessPlan plan) {
    return ContainerRights.of(plan, linux.userNamespace().isPresent());
  }

  /**
   * An ordinary user can make no bridge: a program carries his containers' packets or, where none
   * is installed, they have their loopback device and published ports.
   */
  private boolean hasBridge(ProcessPlan plan) {
    return plan.network().equals(NetworkMode.BRIDGE) && linux.userNamespace().isEmpty();
  }

  private Optional<UserNetwork> carrier(ProcessPlan plan) {
    return plan.network().equals(NetworkMode.BRIDGE) ? linux.userNetwork() : Optional.empty();
  }

  private Companion carry(ProcessPlan plan, UserNetwork tool, Pid process) {
    Fd users = linux.userNamespace().orElseThrow().descriptor();
    Processes processes = linux.processes();
    return plan.detached()
        ? tool.attach(
            words -> processes.accompany(words, monitorFiles(plan), process), process, users)
        : tool.attach(processes::accompany, process, users);
  }

  private MonitoredProcess start(ProcessRequest request, CgroupMembership groups) {
    if (groups.unified().isEmpty()) {
      return linux.processes().start(request);
    }
    try (Fd directory = openDirectory(groups.unified().get())) {
      return linux.processes().start(request.cgroup(directory));
    }
  }

  /** Starts a process that holds the files of a container that does not run. */
  HeldFiles.IsolatedFiles hold(ProcessPlan plan) {
    CloseStack undo = new CloseStack();
    try {
      OpenMounts mounts = undo.push(OpenMounts.of(plan.mounts(), locks));
      List<Path> layers = new ArrayList<>(plan.layersTopFirst());
      List<ContainerMount> all = new ArrayList<>(mounts.mounts());
      if (plan.hostImage()) {
        layers.add(linux.hostRootfs().baseLayer());
        all.addAll(linux.hostRootfs().mounts());
      }
      InitLayers.Prepared prepared = linux.initLayers().prepare(imageKey(plan), layers, all);
      Operations operations = linux.isolation().holding(root(plan, prepared), prepared.mounts());
      ProcessRequest request =
          new ProcessRequest(operations, plan.directory().resolve("held"))
              .namespaces(EnumSet.of(Namespace.MOUNT, Namespace.PID));
      MonitoredProcess process = linux.processes().start(request);
      mounts.started();
      plan.writable().disk().ifPresent(RootDisk::started);
      return new HeldFiles.IsolatedFiles(process, undo);
    } catch (RuntimeException e) {
      undo.closeAfter(e);
      throw translated(plan, e);
    } catch (Error e) {
      undo.closeAfter(e);
      throw e;
    }
  }

  private RootFileSystem root(ProcessPlan plan, InitLayers.Prepared prepared) {
    return new RootFileSystem(
        mountPoint,
        prepared.layersTopFirst(),
        layersDirectory,
        Optional.of(plan.writable()),
        plan.readOnlyRoot());
  }

  private Operations operations(
      ProcessPlan plan, Provision provision, List<ContainerMount> own, EngineFiles files) {
    List<Path> layers = new ArrayList<>(plan.layersTopFirst());
    List<ContainerMount> mounts = new ArrayList<>(files.mounts());
    mounts.addAll(own);
    mounts.addAll(provision.mounts());
    Optional<HostRootfs> host =
        plan.hostImage() ? Optional.of(linux.hostRootfs()) : Optional.empty();
    host.ifPresent(rootfs -> layers.add(rootfs.baseLayer()));
    host.ifPresent(rootfs -> mounts.addAll(rootfs.mounts()));
    String key = imageKey(plan);
    InitLayers.Prepared prepared = linux.initLayers().prepare(key, layers, mounts);
    ImageUser user = users(key, layers, plan, plan.user());
    return linux
        .isolation()
        .operations(
            new ContainerPlan(
                provision.cgroup().membership(),
                plan.resources().oomScore(),
                root(plan, prepared),
                prepared.mounts(),
                host.flatMap(HostRootfs::etcLayer),
                plan.setting().surroundings(),
                rights(plan).kernel(),
                rights(plan, user),
                plan.workdir(),
                plan.arguments(),
                environment.of(
                    user.home(),
                    plan.hostname(),
                    plan.setting().surroundings().terminal().isPresent(),
                    plan.imageEnvironment(),
                    plan.environment())));
  }

  /** Who {@code text} is in a container's image, with the container's extra groups. */
  ImageUser user(ProcessPlan plan, String text) {
    return users(imageKey(plan), plan.layersTopFirst(), plan, text);
  }

  private ImageUser users(String key, List<Path> layers, ProcessPlan plan, String text) {
    return linux.users(key, layers, plan.hostImage()).resolve(text, plan.setting().groups());
  }

  Rights rights(ProcessPlan plan, ImageUser user) {
    return rights(plan).process(user, linux.seccomp());
  }

  private ProcessRequest request(ProcessPlan plan, Operations operations, ContainerCgroup cgroup) {
    Surroundings surroundings = plan.setting().surroundings();
    ProcessRequest request =
        new ProcessRequest(operations, plan.directory().resolve("log"))
            .namespaces(surroundings.namespaces().born())
            .monitorCgroups(monitorFiles(plan));
    cgroup.freezerState().ifPresent(file -> request.freezer(file.toString()));
    if (!surroundings.namespaces().isOwn(Namespace.PID)) {
      shareProcessIds(request, surroundings.namespaces(), cgroup);
    }
    if (surroundings.terminal().isPresent()) {
      request.terminal();
    }
    if (plan.interactive()) {
      request.interactive();
    }
    plan.logs().ifPresent(limit -> request.logLimit(limit.file().bytes(), limit.files()));
    return request;
  }

  /** Monitors and relays outlive what kills this process for its use of memory. */
  private List<String> monitorFiles(ProcessPlan plan) {
    return linux.cgroups(plan.detached()).monitorFiles().stream().map(Path::toString).toList();
  }

  /** Its end must take along what it has started, which the group tells. */
  private static void shareProcessIds(
      ProcessRequest request, NamespacePlan namespaces, ContainerCgroup cgroup) {
    Fd other = namespaces.joined().get(Namespace.PID);
    if (other != null) {
      request.joinProcessIds(other);
    }
    request.group(
        groupDirectory(cgroup)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "without control groups nothing tells which processes of a shared pid"
                            + " namespace are the container's: give it one of its own")));
  }

  /** The group that tells who belongs to a container: of v1 the one that can freeze. */
  static Optional<Path> groupDirectory(ContainerCgroup cgroup) {
    CgroupMembership groups = cgroup.membership();
    return cgroup
        .freezerState()
        .or(() -> groups.tasks().stream().findFirst())
        .map(Path::getParent)
        .or(groups::unified);
  }

  private Optional<PortRelay> relay(
      ProcessPlan plan,
      PublishedPorts ports,
      MonitoredProcess process,
      Optional<Inet4Address> address) {
    if (plan.ports().isEmpty()) {
      return Optional.empty();
    }
    PortRelay.Program program =
        PortRelay.inGroups(linux.processes().binary()::spawn, monitorFiles(plan));
    Optional<Fd> users = linux.userNamespace().map(UserNamespace::descriptor);
    return Optional.of(
        plan.detached()
            ? PortRelay.startDetached(program, ports, process.identity(), address, users)
            : PortRelay.start(program, ports, process.identity(), address, users));
  }

  /** Where the host's resolvers are on its loopback, the container has one of its own. */
  private Optional<DnsForwarder> resolver(ProcessPlan plan, MonitoredProcess process) {
    ResolvConf host = ResolvConf.ofHost();
    if (!hasBridge(plan) || !host.needsForwarder()) {
      return Optional.empty();
    }
    try {
      return Optional.of(DnsForwarder.start(process.identity(), host.nameservers()));
    } catch (IOException e) {
      throw new ContainerException(
          "cannot serve names to container " + plan.id().shortHex() + ": " + e.getMessage(),
          "start the resolver",
          OptionalInt.empty(),
          "",
          e);
    }
  }

  static Fd openDirectory(Path directory) {
    return FileCalls.open(
        directory.toString(), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC, 0);
  }

  private static String imageKey(ProcessPlan plan) {
    return plan.imageKey() + (plan.hostImage() ? "+host" : "");
  }

  private static RuntimeException translated(ProcessPlan plan, RuntimeException e) {
    plan.writable().disk().ifPresent(RootDisk::started);
    if (StartFailure.isInterrupt(e)) {
      Thread.currentThread().interrupt();
      return new InterruptedOperationException(
          "the start of container " + plan.id().shortHex() + " was interrupted", e);
    }
    if (e instanceof PortInUseException inUse) {
      return new ConflictException(
          String.valueOf(inUse.getMessage()), Integer.toString(inUse.address().getPort()), inUse);
    }
    if (e instanceof KernelException refused) {
      if (refused.is(Errno.EINTR) && Thread.currentThread().isInterrupted()) {
        return new InterruptedOperationException(
            "the start of container " + plan.id().shortHex() + " was interrupted", refused);
      }
      return new ContainerException(
          "cannot start container "
              + plan.id().shortHex()
              + ": "
              + StartFailure.explain(plan.arguments(), refused),
          refused.call() + " " + refused.what(),
          OptionalInt.of(refused.errno().number()),
          "",
          refused);
    }
    if (e instanceof CgroupException
        || e instanceof IllegalArgumentException
        || e instanceof UncheckedIOException) {
      return new ContainerException(
          "cannot start container " + plan.id().shortHex() + ": " + e.getMessage(),
          e instanceof CgroupException ? "set limits" : "check the specification",
          OptionalInt.empty(),
          "",
          e);
    }
    return e;
  }
}
