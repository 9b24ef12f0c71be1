package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.Hierarchy;
import io.jollyboat.linux.cgroup.PlacedCgroup;
import io.jollyboat.linux.launcher.MountAttribute;
import io.jollyboat.linux.launcher.MountPoint;
import io.jollyboat.linux.launcher.MountSteps;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.security.DeviceNode;
import io.jollyboat.linux.syscall.Fd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The operations that make a container's root: mounts, devices, links (config.md, config-linux.md).
 */
final class RootSteps {
  private static final int ANYONE = 0666;

  private final OperationsBuilder operations;
  private final MountSteps changes;
  private final Config config;
  private final List<Hierarchy> hierarchies;
  private final PlacedCgroup groups;
  private final MappedMounts mapped;

  /** Mounted writable, as nodes are still made there, and made read-only at the end. */
  private final List<String> finallyReadOnly = new ArrayList<>();

  RootSteps(
      OperationsBuilder operations,
      Config config,
      Machine machine,
      PlacedCgroup groups,
      MappedMounts mapped) {
    this.operations = operations;
    this.changes = new MountSteps(operations);
    this.config = config;
    this.hierarchies = machine.layout().v1();
    this.groups = groups;
    this.mapped = mapped;
  }

  void mounts() {
    config.mounts().forEach(this::mount);
  }

  private void mount(MountConfig mount) {
    if (mount.options().isRemount()) {
      changeAttributes(mount.target(), mount.options());
    } else if (mount.isBind()) {
      bind(mount);
    } else if (mount.type().equals("cgroup")) {
      cgroups(mount);
    } else {
      fileSystem(mount);
    }
    for (MountOptions.Relation relation : mount.options().relations()) {
      changes.propagation(mount.target(), relation.propagation(), relation.recursive());
    }
  }

  private static MountPoint place(MountConfig mount) {
    return mount.isGuarded() ? MountPoint.GUARDED : MountPoint.CREATED;
  }

  private void bind(MountConfig mount) {
    if (!Files.exists(Path.of(mount.source()))) {
      throw new RuntimeFailure(
          "mounts: the source of "
              + mount.target()
              + " does not exist: "
              + mount.source()
              + ": no such file or directory");
    }
    MountOptions options = mount.options();
    Optional<Fd> tree = mapped.find(mount);
    if (tree.isPresent()) {
      changes.bindRelated(tree.get(), mount.target(), options.isDeep(), place(mount));
    } else {
      changes.bindRelated(mount.source(), mount.target(), options.isDeep(), place(mount));
    }
    changeAttributes(mount.target(), options);
  }

  private void changeAttributes(String target, MountOptions options) {
    change(target, options.change(), false);
    change(target, options.recursive(), true);
  }

  private void change(String target, MountOptions.Change change, boolean recursive) {
    if (!change.isNone()) {
      changes.attributes(target, change.set(), change.cleared(), change.accessTime(), recursive);
    }
  }

  private void fileSystem(MountConfig mount) {
    Set<MountAttribute> attributes = attributes(mount.options());
    if (mount.type().equals("tmpfs") && attributes.remove(MountAttribute.READ_ONLY)) {
      finallyReadOnly.add(mount.target());
    }
    String data = mount.options().data();
    if (mount.options().copiesUp()) {
      changes.copyUp(mount.target(), data, attributes, place(mount));
      return;
    }
    operations.mount(mount.type(), mount.source(), mount.target(), data, attributes, place(mount));
  }

  private static Set<MountAttribute> attributes(MountOptions options) {
    Set<MountAttribute> attributes = EnumSet.noneOf(MountAttribute.class);
    attributes.addAll(options.recursive().set());
    attributes.addAll(options.change().set());
    return attributes;
  }

  /**
   * The groups of the container's own namespace; without one, its own directories of the host's.
   */
  private void cgroups(MountConfig mount) {
    boolean own = config.linux().isNew(Namespace.CGROUP);
    Set<MountAttribute> attributes = attributes(mount.options());
    String target = mount.target();
    if (groups.unified()) {
      group("cgroup2", "", groups.directories().get(0), target, attributes, own);
      return;
    }
    Set<MountAttribute> writable = EnumSet.copyOf(attributes);
    writable.remove(MountAttribute.READ_ONLY);
    operations.mount("tmpfs", "tmpfs", target, "mode=755", writable, place(mount));
    for (int i = 0; i < hierarchies.size(); i++) {
      Hierarchy hierarchy = hierarchies.get(i);
      String below = target + "/" + hierarchy.name();
      String options = String.join(",", new TreeSet<>(hierarchy.controllers()));
      operations.makeDirectory(below, 0755);
      group("cgroup", options, groups.directories().get(i), below, attributes, own);
      if (hierarchy.controllers().size() > 1) {
        hierarchy
            .controllers()
            .forEach(controller -> operations.symlink(hierarchy.name(), target + "/" + controller));
      }
    }
    if (attributes.contains(MountAttribute.READ_ONLY)) {
      finallyReadOnly.add(target);
    }
  }

  private void group(
      String type,
      String options,
      Path directory,
      String target,
      Set<MountAttribute> attributes,
      boolean own) {
    if (own) {
      operations.mount(type, "cgroup", target, options, attributes, MountPoint.CREATED);
    } else {
      operations.bind(directory.toString(), target, attributes, true, MountPoint.CREATED);
    }
  }

  /** The nodes of the file, and those that every container has; none where /dev is a bind. */
  void devices() {
    if (config.mounts().stream().anyMatch(m -> m.isBind() && m.target().equals("/dev"))) {
      return;
    }
    List<LinuxConfig.Device> given = config.linux().devices();
    for (DeviceNode node : DeviceNode.DEFAULT) {
      if (given.stream().noneMatch(device -> device.path().equals(node.path()))) {
        operations.device(node.path(), 'c', node.major(), node.minor(), ANYONE);
      }
    }
    for (LinuxConfig.Device device : given) {
      operations.device(
          device.path(),
          device.type(),
          device.major(),
          device.minor(),
          device.mode().orElse(ANYONE) & 07777,
          device.uid(),
          device.gid());
    }
    links();
  }

  private void links() {
    operations.symlink("pts/ptmx", "/dev/ptmx");
    operations.symlink("/proc/self/fd", "/dev/fd");
    operations.symlink("/proc/self/fd/0", "/dev/stdin");
    operations.symlink("/proc/self/fd/1", "/dev/stdout");
    operations.symlink("/proc/self/fd/2", "/dev/stderr");
    if (Files.exists(Path.of("/proc/kcore"))) {
      operations.symlink("/proc/kcore", "/dev/core");
    }
  }

  /** What may not be read or written, once all is there. */
  void protect() {
    config.linux().maskedPaths().forEach(operations::mask);
    config.linux().readOnlyPaths().forEach(operations::readOnly);
    for (String target : finallyReadOnly) {
      changes.attributes(target, Set.of(MountAttribute.READ_ONLY), Set.of(), false, false);
    }
    if (config.rootReadOnly()) {
      operations.rootReadOnly();
    }
  }
}
