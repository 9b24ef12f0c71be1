package io.jollyboat.linux.cgroup;

import java.nio.file.Path;
import java.util.Set;

/**
 * One tree of control groups, as mounted.
 *
 * @param version 1 or 2
 * @param controllers of v1: those mounted here, {@code name=systemd} for a named hierarchy without
 *     any; of v2: those that the top offers
 * @param mountPoint where this process sees it
 * @param own the group of this process, at or below the mount point
 */
public record Hierarchy(int version, Set<String> controllers, Path mountPoint, Path own) {
  public Hierarchy {
    controllers = Set.copyOf(controllers);
  }

  /** The directory's name below /sys/fs/cgroup, such as {@code cpu,cpuacct}. */
  public String name() {
    return String.valueOf(mountPoint.getFileName());
  }

  boolean has(String controller) {
    return controllers.contains(controller);
  }
}
