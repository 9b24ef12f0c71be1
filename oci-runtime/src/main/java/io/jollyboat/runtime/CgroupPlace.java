package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.PlacedCgroup;
import java.util.Optional;

/** Where a container's control groups are (config-linux.md, Control groups). */
final class CgroupPlace {
  /** Containers whose configuration names no path. */
  private static final String FAMILY = "/jollyboat-runtime/";

  private CgroupPlace() {}

  static String pathOf(String id, Optional<String> configured) {
    return configured.orElse(FAMILY + id);
  }

  static PlacedCgroup at(CgroupLayout layout, String path) {
    try {
      return PlacedCgroup.at(layout, path);
    } catch (CgroupException e) {
      throw new RuntimeFailure("linux.cgroupsPath: " + e.getMessage(), e);
    }
  }

  /** The scope in which a container is to be, where its groups are asked of systemd. */
  static Optional<SystemdScope> scopeOf(
      String id, Optional<String> configured, boolean systemd, CgroupLayout layout) {
    if (!systemd) {
      return Optional.empty();
    }
    if (!layout.unified()) {
      throw new RuntimeFailure(
          "--systemd-cgroup needs pure cgroup v2: systemd does not delegate the controllers of v1;"
              + " use the cgroupfs manager");
    }
    if (!Machine.isSystemRoot()) {
      throw new RuntimeFailure(
          "--systemd-cgroup asks the systemd of root only; use the cgroupfs manager");
    }
    return Optional.of(SystemdScope.of(id, configured));
  }

  /** Removes the groups; their processes have ended. */
  static void remove(PlacedCgroup groups, String path) {
    groups.remove();
    if (path.startsWith(FAMILY)) {
      groups.removeParentIfEmpty();
    }
  }
}
