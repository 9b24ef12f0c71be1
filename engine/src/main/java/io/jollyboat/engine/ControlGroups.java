package io.jollyboat.engine;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.userns.ProcessRights;

/** The control groups that this process may make: root's anywhere, a user's where he was let. */
final class ControlGroups {
  private ControlGroups() {}

  static CgroupLayout usable() {
    return usable(ProcessRights.ofThisProcess().isRootOfMachine());
  }

  static CgroupLayout usable(boolean root) {
    CgroupLayout all = CgroupLayout.detect();
    return root ? all : all.delegated();
  }

  /** Those of an engine; where this process may make none they hold nothing and limit nothing. */
  static Cgroups open(CgroupLayout usable, String engineId) {
    return Cgroups.problem(usable).isPresent()
        ? Cgroups.unavailable()
        : Cgroups.open(usable, engineId);
  }
}
