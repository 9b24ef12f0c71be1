package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Hierarchy;
import io.jollyboat.linux.launcher.MountAttribute;
import io.jollyboat.linux.launcher.MountPoint;
import io.jollyboat.linux.launcher.OperationsBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a container sees at /sys/fs/cgroup: the groups of its own namespace, read-only. Without it a
 * JVM in a container sizes its heap by the machine.
 *
 * <p>The hierarchies of v1 need a directory each, in a file system that the container cannot write:
 * a prepared directory of the host is bound, so that a start makes none.
 */
final class CgroupView {
  private static final String TARGET = "/sys/fs/cgroup";
  private static final Set<MountAttribute> INERT =
      Set.of(MountAttribute.NO_SET_UID, MountAttribute.NO_DEVICES, MountAttribute.NO_EXECUTE);
  private static final Set<MountAttribute> INERT_READ_ONLY =
      Set.of(
          MountAttribute.READ_ONLY,
          MountAttribute.NO_SET_UID,
          MountAttribute.NO_DEVICES,
          MountAttribute.NO_EXECUTE);

  private record Tree(String name, String options) {}

  private final boolean unified;
  private final boolean none;
  private final Path skeleton;
  private final List<Tree> trees;

  private CgroupView(boolean unified, boolean none, Path skeleton, List<Tree> trees) {
    this.unified = unified;
    this.none = none;
    this.skeleton = skeleton;
    this.trees = trees;
  }

  /**
   * @param skeleton made when missing; several engines of one root may share it
   */
  static CgroupView prepare(CgroupLayout layout, Path skeleton) {
    List<Tree> trees = new ArrayList<>();
    if (!layout.unified()) {
      try {
        makeDirectory(skeleton);
        for (Hierarchy hierarchy : layout.v1()) {
          trees.add(tree(hierarchy, skeleton));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot prepare " + skeleton + ": " + e.getMessage(), e);
      }
    }
    return new CgroupView(layout.unified(), layout.none(), skeleton, trees);
  }

  private static Tree tree(Hierarchy hierarchy, Path skeleton) throws IOException {
    makeDirectory(skeleton.resolve(hierarchy.name()));
    if (hierarchy.controllers().size() > 1) {
      for (String controller : hierarchy.controllers()) {
        makeLink(skeleton.resolve(controller), hierarchy.name());
      }
    }
    return new Tree(hierarchy.name(), String.join(",", new TreeSet<>(hierarchy.controllers())));
  }

  /**
   * After /sys is mounted and the cgroup namespace entered.
   *
   * @param own the container's groups of v1, one for each hierarchy, where a part of the host's
   *     mounts shows the same as a mount in the namespace. That would make a file system for each,
   *     with the lock of all groups held, and end them all with the container.
   */
  void mount(OperationsBuilder operations, boolean writable, List<Path> own) {
    Set<MountAttribute> attributes = writable ? INERT : INERT_READ_ONLY;
    if (none) {
      return;
    }
    if (unified) {
      operations.mount("cgroup2", "cgroup", TARGET, "", attributes, MountPoint.EXISTING);
      return;
    }
    operations.bind(skeleton.toString(), TARGET, INERT_READ_ONLY, false, MountPoint.EXISTING);
    for (int i = 0; i < trees.size(); i++) {
      Tree tree = trees.get(i);
      String target = TARGET + "/" + tree.name();
      if (own.size() == trees.size()) {
        operations.bind(own.get(i).toString(), target, attributes, false, MountPoint.EXISTING);
      } else {
        String controllers = tree.options();
        operations.mount("cgroup", "cgroup", target, controllers, attributes, MountPoint.EXISTING);
      }
    }
  }

  private static void makeDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  private static void makeLink(Path link, String target) throws IOException {
    try {
      Files.createSymbolicLink(link, Path.of(target));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isSymbolicLink(link)) {
        throw e;
      }
    }
  }
}
