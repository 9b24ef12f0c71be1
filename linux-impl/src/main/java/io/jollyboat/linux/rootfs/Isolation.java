package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.launcher.CapabilitySets;
import io.jollyboat.linux.launcher.MountAttribute;
import io.jollyboat.linux.launcher.MountPoint;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.OverlayRoot;
import io.jollyboat.linux.launcher.ResourceBounds;
import io.jollyboat.linux.launcher.ResourceLimit;
import io.jollyboat.linux.launcher.ScheduleSteps;
import io.jollyboat.linux.rootfs.ContainerMount.Content;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.security.DeviceNode;
import io.jollyboat.linux.security.IdMaps;
import io.jollyboat.linux.security.OpenFilesLimit;
import io.jollyboat.linux.security.ProtectedPaths;
import io.jollyboat.linux.security.Sysctls;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.userns.OwnerIds;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * From a plan to the list of operations that the launcher runs in the container's first process.
 * The order is the security: what a step needs is still there, what the next must not have is gone.
 * One per engine: what does not change while the machine is up is looked up once. Immutable.
 */
public final class Isolation {
  private static final Set<MountAttribute> INERT =
      Set.of(MountAttribute.NO_SET_UID, MountAttribute.NO_DEVICES, MountAttribute.NO_EXECUTE);
  private static final Set<MountAttribute> INERT_READ_ONLY =
      Set.of(
          MountAttribute.NO_SET_UID,
          MountAttribute.NO_DEVICES,
          MountAttribute.NO_EXECUTE,
          MountAttribute.READ_ONLY);

  private final ProtectedPaths protectedPaths;
  private final KernelFileSystems kernelFileSystems;
  private final OpenFilesLimit openFiles;
  private final Optional<OwnerIds> users;

  private Isolation(
      ProtectedPaths protectedPaths,
      KernelFileSystems kernelFileSystems,
      OpenFilesLimit openFiles,
      Optional<OwnerIds> users) {
    this.protectedPaths = protectedPaths;
    this.kernelFileSystems = kernelFileSystems;
    this.openFiles = openFiles;
    this.users = users;
  }

  /**
   * @param privateDirectory of the engine, for a few empty directories that containers see; its
   *     parent exists
   */
  public static Isolation ofThisMachine(CgroupLayout layout, Path privateDirectory) {
    return ofThisMachine(layout, privateDirectory, Optional.empty());
  }

  /**
   * As {@link #ofThisMachine(CgroupLayout, Path)}.
   *
   * @param users of the user namespace that the containers live in, for all but root
   */
  public static Isolation ofThisMachine(
      CgroupLayout layout, Path privateDirectory, Optional<OwnerIds> users) {
    return new Isolation(
        ProtectedPaths.ofThisMachine(),
        new KernelFileSystems(CgroupView.prepare(layout, privateDirectory), users),
        OpenFilesLimit.standard(),
        users);
  }

  /** The operations, ending with the container's program. */
  public Operations operations(ContainerPlan plan) {
    OperationsBuilder operations = Operations.builder();
    enter(operations, plan);
    Optional<IdMaps> mapped = plan.rights().mappedIds();
    mapped.ifPresent(maps -> mapIds(operations, maps));
    plan.root().attachDisk(operations);
    operations.rootOverlay(plan.root().overlay(mapped.isPresent(), users.isPresent()));
    kernelFileSystems.mount(operations, plan);
    devices(operations, plan);
    terminal(operations, plan);
    mounts(operations, plan);
    protect(operations, plan);
    if (!plan.workdir().equals("/")) {
      operations.makeDirectory(plan.workdir(), 0755);
    }
    if (plan.root().readOnly()) {
      operations.rootReadOnly();
    }
    operations.pivot();
    settings(operations, plan);
    enterUserNamespace(operations, plan.rights());
    if (plan.surroundings().init()) {
      operations.init();
    }
    return becomeTheProgram(
        operations, plan.rights(), plan.workdir(), plan.arguments(), plan.environment());
  }

  private void userNamespace(OperationsBuilder operations) {
    if (users.isEmpty()) {
      operations.userNamespace();
    } else {
      OwnerIds ids = users.get();
      operations.userNamespace(
          ids.users().linesWithin(), ids.groups().linesWithin(), ids.changesGroups(), true);
    }
  }

  /**
   * In place of {@link #operations}: the root and the mounts of a container that does not run, for
   * somebody who copies files to or from it. Its ids are those inside.
   */
  public Operations holding(RootFileSystem root, List<ContainerMount> mounts) {
    OperationsBuilder operations = Operations.builder();
    operations.separateMounts();
    root.attachDisk(operations);
    operations.rootOverlay(root.overlay(false, users.isPresent()));
    mounts.stream()
        .filter(mount -> !InitLayers.isInKernelDirectory(mount.target()))
        .sorted(Comparator.comparingInt(ContainerMount::depth))
        .forEach(mount -> mount(operations, mount));
    if (root.readOnly()) {
      operations.rootReadOnly();
    }
    operations.pivotWithoutDevices();
    return operations.hold();
  }

  /** Groups first, then the namespace that makes them the root of what the container sees. */
  private static void enter(OperationsBuilder operations, ContainerPlan plan) {
    plan.cgroups()
        .processors()
        .ifPresent(list -> new ScheduleSteps(operations).processors(list.bits()));
    for (Path tasks : plan.cgroups().tasks()) {
      operations.writeFile(tasks.toString(), "0");
    }
    // What a process asked for itself would outlive a later change of its groups.
    plan.cgroups().processors().ifPresent(list -> new ScheduleSteps(operations).anyProcessor());
    plan.oomScore()
        .ifPresent(s -> operations.writeFile("/proc/self/oom_score_adj", Integer.toString(s)));
    NamespacePlan namespaces = plan.surroundings().namespaces();
    namespaces.enter(operations);
    Fd other = namespaces.joined().get(Namespace.IPC);
    if (other != null && KernelFileSystems.isFree(plan, KernelFileSystems.SHARED_MEMORY)) {
      operations.takeMount(other, KernelFileSystems.SHARED_MEMORY);
    }
    operations.newKeyring();
    operations.separateMounts();
    operations.keepMounts();
  }

  private static void mapIds(OperationsBuilder operations, IdMaps maps) {
    operations.mapIds(
        maps.userLines(),
        maps.groupLines(),
        maps.userOutside(0),
        (int) maps.groupOutside(0).orElseThrow());
  }

  private void enterUserNamespace(OperationsBuilder operations, ContainerPlan.Rights rights) {
    Optional<IdMaps> mapped = rights.mappedIds();
    if (mapped.isPresent()) {
      operations.ownPipes(mapped.get().userOutside(rights.user().uid()));
      operations.enterUserNamespace();
    } else if (rights.userNamespace().isPresent()) {
      userNamespace(operations);
    }
  }

  /** Opened from outside a user namespace, it is given to whom its user is there. */
  private static void terminal(OperationsBuilder operations, ContainerPlan plan) {
    int uid = plan.rights().user().uid();
    int outside = plan.rights().mappedIds().map(maps -> maps.userOutside(uid)).orElse(uid);
    plan.surroundings()
        .terminal()
        .ifPresent(size -> operations.terminal(size.rows(), size.columns(), outside));
  }

  private static void devices(OperationsBuilder operations, ContainerPlan plan) {
    Map<String, DeviceNode> byPath = new LinkedHashMap<>();
    DeviceNode.DEFAULT.forEach(device -> byPath.put(device.path(), device));
    plan.kernel().devices().forEach(device -> byPath.put(device.path(), device));
    boolean ownersExist = plan.rights().mappedIds().isEmpty();
    for (DeviceNode device : byPath.values()) {
      operations.device(
          device.path(),
          device.host(),
          device.type(),
          device.major(),
          device.minor(),
          device.mode(),
          ownersExist ? device.uid() : 0,
          ownersExist ? device.gid() : 0);
    }
    operations.symlink("pts/ptmx", "/dev/ptmx");
    operations.symlink("/proc/self/fd", "/dev/fd");
    operations.symlink("/proc/self/fd/0", "/dev/stdin");
    operations.symlink("/proc/self/fd/1", "/dev/stdout");
    operations.symlink("/proc/self/fd/2", "/dev/stderr");
    operations.symlink("/proc/kcore", "/dev/core");
  }

  private void mounts(OperationsBuilder operations, ContainerPlan plan) {
    plan.hostEtc().ifPresent(layer -> hostEtc(operations, layer, users.isPresent()));
    plan.mounts().stream()
        .sorted(Comparator.comparingInt(ContainerMount::depth))
        .forEach(mount -> mount(operations, mount));
  }

  /** This machine's /etc with a layer over it that hides what is not for everybody. */
  private static void hostEtc(OperationsBuilder operations, Path layer, boolean ofUser) {
    operations.mount(
        "overlay",
        "overlay",
        "/etc",
        "lowerdir=" + escaped(layer) + ":/etc" + (ofUser ? ",userxattr" : ""),
        Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_SET_UID, MountAttribute.NO_DEVICES),
        MountPoint.GUARDED);
  }

  /** For the overlay a colon ends a name, for a list of options a comma ends a value. */
  private static String escaped(Path layer) {
    return layer.toString().replaceAll("[\\\\:,]", "\\\\$0");
  }

  /** Targets have no links on them any more: {@link InitLayers} has replaced them. */
  private void mount(OperationsBuilder operations, ContainerMount mount) {
    Set<MountAttribute> attributes = mount.readOnly() ? Set.of(MountAttribute.READ_ONLY) : Set.of();
    String target = mount.target();
    Content content = mount.content();
    if (content instanceof Content.Bind bind) {
      operations.bind(
          bind.source().toString(),
          bind.below(),
          target,
          attributes,
          true,
          bind.propagation(),
          MountPoint.GUARDED);
    } else if (content instanceof Content.Opened opened) {
      operations.bind(
          opened.tree(), target, attributes, true, opened.propagation(), MountPoint.GUARDED);
    } else if (content instanceof Content.Memory memory) {
      memory(operations, target, memory, mount.readOnly());
    } else if (content instanceof Content.Layers layers) {
      layers(operations, target, layers);
    } else if (content instanceof Content.Overlay overlay) {
      operations.overlay(overlay(overlay), target, "", attributes, MountPoint.GUARDED);
    }
  }

  private static void memory(
      OperationsBuilder operations, String target, Content.Memory memory, boolean readOnly) {
    String mode = "mode=" + Integer.toOctalString(memory.mode());
    String options = memory.bytes() == 0 ? mode : mode + ",size=" + memory.bytes();
    Set<MountAttribute> attributes = readOnly ? INERT_READ_ONLY : INERT;
    operations.mount("tmpfs", "tmpfs", target, options, attributes, MountPoint.GUARDED);
  }

  private void layers(OperationsBuilder operations, String target, Content.Layers layers) {
    if (layers.layersTopFirst().isEmpty()) {
      memory(operations, target, new Content.Memory(1, 0755), true);
      return;
    }
    List<String> lowers = layers.layersTopFirst().stream().map(Path::toString).toList();
    operations.overlay(
        OverlayRoot.inside(lowers, Optional.empty(), overlayOptions()),
        target,
        layers.below(),
        Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_SET_UID, MountAttribute.NO_DEVICES),
        MountPoint.GUARDED);
  }

  private OverlayRoot overlay(Content.Overlay overlay) {
    return OverlayRoot.inside(
        List.of(overlay.lower().toString()),
        Optional.of(
            new OverlayRoot.Writable(overlay.upper().toString(), overlay.work().toString())),
        overlayOptions());
  }

  /** In a user namespace the overlay's own attributes are the user's. */
  private List<String> overlayOptions() {
    return users.isPresent() ? List.of("userxattr") : List.of();
  }

  private void protect(OperationsBuilder operations, ContainerPlan plan) {
    boolean ownIpc = plan.surroundings().namespaces().isOwn(Namespace.IPC);
    long lastGroup = users.map(ids -> ids.groups().last()).orElse(Long.MAX_VALUE);
    Map<String, String> sysctls = new TreeMap<>(Sysctls.defaults(ownNetwork(plan), lastGroup));
    plan.kernel().sysctls().forEach((name, value) -> sysctls.put(Sysctls.normalized(name), value));
    sysctls.forEach(
        (name, value) -> operations.sysctl(Sysctls.file(name, ownNetwork(plan), ownIpc), value));
    plan.kernel().masked().orElse(protectedPaths.masked()).forEach(operations::mask);
    plan.kernel().readOnly().orElse(protectedPaths.readOnly()).forEach(operations::readOnly);
  }

  private void settings(OperationsBuilder operations, ContainerPlan plan) {
    Surroundings surroundings = plan.surroundings();
    if (surroundings.namespaces().isOwn(Namespace.UTS)) {
      operations.hostname(surroundings.hostname());
      if (!surroundings.domainname().isEmpty()) {
        operations.domainname(surroundings.domainname());
      }
    }
    if (ownNetwork(plan)) {
      operations.loopbackUp();
    }
    limits(operations, surroundings.limits());
  }

  private static boolean ownNetwork(ContainerPlan plan) {
    return plan.surroundings().namespaces().isOwn(Namespace.NETWORK);
  }

  private void limits(OperationsBuilder operations, List<ResourceBounds> asked) {
    if (asked.stream().noneMatch(limit -> limit.resource() == ResourceLimit.NOFILE)) {
      operations.limit(ResourceLimit.NOFILE, openFiles.soft(), openFiles.hard());
    }
    asked.forEach(limit -> operations.limit(limit.resource(), limit.soft(), limit.hard()));
  }

  /**
   * What a program does that is executed beside a container's first process, once it has joined
   * that one's namespaces: {@link #becomeTheProgram}, with keys and limits as the first one has
   * them.
   *
   * @param joined operations so far
   */
  public Operations execute(OperationsBuilder joined, JoinPlan plan) {
    joined.newKeyring();
    limits(joined, plan.limits());
    ContainerPlan.Rights rights = plan.rights();
    plan.terminal()
        .ifPresent(size -> joined.terminal(size.rows(), size.columns(), rights.user().uid()));
    return becomeTheProgram(joined, rights, plan.workdir(), plan.arguments(), plan.environment());
  }

  /**
   * What a process does once it is where it belongs: it gives up what the program may not have, and
   * becomes the program. For programs that join a container too.
   *
   * <p>The filter comes last where it can: then it need not allow what the launcher itself still
   * does. Without no_new_privs the kernel wants CAP_SYS_ADMIN for it, so it comes before that is
   * dropped.
   */
  private Operations becomeTheProgram(
      OperationsBuilder operations,
      ContainerPlan.Rights rights,
      String workdir,
      List<String> arguments,
      List<String> environment) {
    rights.appArmor().ifPresent(operations::appArmor);
    operations.workingDirectory(workdir);
    if (rights.noNewPrivileges()) {
      operations.noNewPrivileges();
    }
    operations.boundingSet(rights.capabilities().bits());
    if (!rights.noNewPrivileges()) {
      rights.seccomp().ifPresent(program -> operations.seccomp(program.bytes(), program.flags()));
    }
    ids(operations, rights.user());
    operations.capabilities(capabilities(rights));
    operations.bornInside();
    if (rights.noNewPrivileges()) {
      rights.seccomp().ifPresent(program -> operations.seccomp(program.bytes(), program.flags()));
    }
    return operations.execute(arguments, environment);
  }

  /** With a single id the kernel lets nobody change his groups: the user's own stay. */
  private void ids(OperationsBuilder operations, ImageUser user) {
    users.ifPresent(ids -> requireIds(ids, user));
    if (users.map(OwnerIds::changesGroups).orElse(true)) {
      operations.ids(user.uid(), user.gid(), user.groups());
    } else {
      operations.ids(user.uid(), user.gid());
    }
  }

  private static void requireIds(OwnerIds ids, ImageUser user) {
    boolean known =
        ids.users().has(Integer.toUnsignedLong(user.uid()))
            && ids.groups().has(Integer.toUnsignedLong(user.gid()));
    if (!known) {
      throw new IllegalArgumentException(
          "nobody can be user "
              + user.uid()
              + ":"
              + user.gid()
              + " inside: the containers of this machine's user have ids up to "
              + ids.users().last()
              + ":"
              + ids.groups().last()
              + "; install newuidmap (package uidmap) and give him ranges in /etc/subuid and"
              + " /etc/subgid");
    }
  }

  /**
   * A user other than root starts with none, and gets what the bounding set leaves by set-id
   * programs.
   */
  private static CapabilitySets capabilities(ContainerPlan.Rights rights) {
    Capabilities held = rights.user().uid() == 0 ? rights.capabilities() : Capabilities.NONE;
    return CapabilitySets.of(held.bits());
  }
}
