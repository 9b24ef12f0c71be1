package io.jollyboat.engine;

import io.jollyboat.StoreException;
import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.userns.ProcessRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The control groups that this process may make: root's anywhere, a user's where he was let. */
final class ControlGroups {
  private static final String NOTE = "detached-groups";

  private ControlGroups() {}

  static CgroupLayout usable(boolean root) {
    CgroupLayout all = CgroupLayout.detect();
    return root ? all : all.delegated();
  }

  /**
   * Those of a root's detached containers, which stay where they were first made: the next engine
   * may be in another unit of systemd, and has to find them.
   */
  static CgroupLayout ofDetached(Path root, boolean ofRoot) {
    CgroupLayout all = CgroupLayout.detect();
    List<Path> earlier = noted(root.resolve(NOTE));
    return ofRoot ? all.at(earlier) : all.delegated(earlier);
  }

  /** Opens these, and notes where they are. */
  static Cgroups openDetached(Path root) {
    CgroupLayout usable = ofDetached(root, ProcessRights.ofThisProcess().isRootOfMachine());
    Cgroups opened = open(usable, DetachedOwner.id(root));
    List<String> bases = usable.bases().stream().map(Path::toString).toList();
    try {
      Files.write(root.resolve(NOTE), bases);
    } catch (IOException e) {
      throw new StoreException("cannot write " + root.resolve(NOTE) + ": " + e, e);
    }
    return opened;
  }

  private static List<Path> noted(Path note) {
    try {
      return Files.readAllLines(note).stream().map(Path::of).toList();
    } catch (IOException e) {
      return List.of(); // none were ever made
    }
  }

  /** Those of an engine; where this process may make none they hold nothing and limit nothing. */
  static Cgroups open(CgroupLayout usable, String engineId) {
    return Cgroups.problem(usable).isPresent()
        ? Cgroups.unavailable()
        : Cgroups.open(usable, engineId);
  }
}
