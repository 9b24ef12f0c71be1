package io.jollyboat.linux.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One tree of control groups, as mounted.
 *
 * @param version 1 or 2
 * @param controllers of v1: those mounted here, {@code name=systemd} for a named hierarchy without
 *     any; of v2: those that the top offers
 * @param mountPoint where this process sees it
 * @param own the group of this process, at or below the mount point
 * @param base where this process makes groups: the mount point, or what is delegated to its user
 */
public record Hierarchy(
    int version, Set<String> controllers, Path mountPoint, Path own, Path base) {
  public Hierarchy {
    controllers = Set.copyOf(controllers);
  }

  /** One whose groups are made at its top. */
  Hierarchy(int version, Set<String> controllers, Path mountPoint, Path own) {
    this(version, controllers, mountPoint, own, mountPoint);
  }

  /** The same with another place for groups. */
  Hierarchy at(Path other) {
    return new Hierarchy(version, controllers, mountPoint, own, other);
  }

  /** The directory's name below /sys/fs/cgroup, such as {@code cpu,cpuacct}. */
  public String name() {
    return String.valueOf(mountPoint.getFileName());
  }

  /** The same at one of these places, if it is in this hierarchy and still there. */
  Hierarchy at(List<Path> places) {
    return among(places).map(this::at).orElse(this);
  }

  Optional<Path> among(List<Path> places) {
    return places.stream()
        .filter(place -> place.startsWith(mountPoint) && Files.isDirectory(place))
        .findFirst();
  }

  /** Not one that only has a name. */
  boolean hasController() {
    return controllers.stream().anyMatch(controller -> !controller.startsWith("name="));
  }

  boolean has(String controller) {
    return controllers.contains(controller);
  }
}
