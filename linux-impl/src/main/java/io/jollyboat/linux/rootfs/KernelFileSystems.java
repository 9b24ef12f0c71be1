package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.launcher.MountAttribute;
import io.jollyboat.linux.launcher.MountPoint;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.security.IdMaps;
import io.jollyboat.linux.userns.OwnerIds;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What the kernel shows in a container: /proc, /dev, /sys, control groups, queues, memory. */
final class KernelFileSystems {
  static final String SHARED_MEMORY = "/dev/shm";

  private static final Set<MountAttribute> INERT =
      Set.of(MountAttribute.NO_SET_UID, MountAttribute.NO_DEVICES, MountAttribute.NO_EXECUTE);
  private static final Set<MountAttribute> INERT_READ_ONLY =
      Set.of(
          MountAttribute.NO_SET_UID,
          MountAttribute.NO_DEVICES,
          MountAttribute.NO_EXECUTE,
          MountAttribute.READ_ONLY);
  private static final int TERMINAL_GROUP = 5;

  private final CgroupView cgroups;
  private final Optional<OwnerIds> users;

  /**
   * @param users of the user namespace that the containers live in, for all but root
   */
  KernelFileSystems(CgroupView cgroups, Optional<OwnerIds> users) {
    this.cgroups = cgroups;
    this.users = users;
  }

  /** Docker's, in Docker's order. An image whose /proc, /dev or /sys is a link is refused. */
  void mount(OperationsBuilder operations, ContainerPlan plan) {
    shown(operations, plan, "proc", "/proc", INERT, Namespace.PID);
    operations.mount(
        "tmpfs",
        "tmpfs",
        "/dev",
        "mode=755,size=65536k",
        Set.of(MountAttribute.NO_SET_UID, MountAttribute.STRICT_ACCESS_TIME),
        MountPoint.GUARDED);
    operations.mount(
        "devpts",
        "devpts",
        "/dev/pts",
        "newinstance,ptmxmode=0666,mode=0620" + terminalGroup(plan),
        Set.of(MountAttribute.NO_SET_UID, MountAttribute.NO_EXECUTE),
        MountPoint.CREATED);
    Set<MountAttribute> attributes = plan.kernel().writable() ? INERT : INERT_READ_ONLY;
    shown(operations, plan, "sysfs", "/sys", attributes, Namespace.NETWORK);
    cgroups.mount(operations, plan.kernel().writable(), ownGroups(plan));
    if (isFree(plan, "/dev/mqueue") && !isHostsInNamespace(plan, Namespace.IPC)) {
      operations.mount("mqueue", "mqueue", "/dev/mqueue", "", INERT, MountPoint.CREATED);
    }
    if (isFree(plan, SHARED_MEMORY)) {
      sharedMemory(operations, plan.surroundings());
    }
  }

  /** Of a container that sees no other groups and cannot mount them itself. */
  private static List<Path> ownGroups(ContainerPlan plan) {
    NamespacePlan namespaces = plan.surroundings().namespaces();
    boolean alone = namespaces.isOwn(Namespace.CGROUP) && !plan.kernel().writable();
    return alone ? plan.cgroups().groups() : List.of();
  }

  /** Group 5 is tty; where it does not exist inside, terminals belong to the caller's group. */
  private String terminalGroup(ContainerPlan plan) {
    OptionalLong group =
        plan.rights().userNamespace().orElse(IdMaps.IDENTITY).groupOutside(TERMINAL_GROUP);
    boolean known = users.map(ids -> ids.groups().has(TERMINAL_GROUP)).orElse(true);
    return known && group.isPresent() ? ",gid=" + group.getAsLong() : "";
  }

  /**
   * A file system that shows what is in a namespace. Only who owns that may mount it: where it is
   * this machine's, an ordinary user's containers see the machine's own mount.
   */
  private void shown(
      OperationsBuilder operations,
      ContainerPlan plan,
      String type,
      String target,
      Set<MountAttribute> attributes,
      Namespace kind) {
    if (isHostsInNamespace(plan, kind)) {
      operations.bind(target, target, attributes, true, MountPoint.GUARDED);
    } else {
      operations.mount(type, type, target, "", attributes, MountPoint.GUARDED);
    }
  }

  private boolean isHostsInNamespace(ContainerPlan plan, Namespace kind) {
    return users.isPresent() && plan.surroundings().namespaces().isHost(kind);
  }

  /** It goes with the ipc namespace, though for the kernel it is but a file system. */
  private static void sharedMemory(OperationsBuilder operations, Surroundings surroundings) {
    NamespacePlan namespaces = surroundings.namespaces();
    if (namespaces.isOwn(Namespace.IPC)) {
      String options = "mode=1777,size=" + surroundings.shmBytes();
      operations.mount("tmpfs", "shm", SHARED_MEMORY, options, INERT, MountPoint.CREATED);
    } else if (namespaces.joined().containsKey(Namespace.IPC)) {
      operations.bindTaken(SHARED_MEMORY, INERT, MountPoint.CREATED);
    } else {
      operations.bind(SHARED_MEMORY, SHARED_MEMORY, INERT, false, MountPoint.CREATED);
    }
  }

  static boolean isFree(ContainerPlan plan, String target) {
    return plan.mounts().stream().noneMatch(mount -> mount.target().equals(target));
  }
}
