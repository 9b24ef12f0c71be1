package io.jollyboat.linux.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Control groups of one engine, all below {@code jollyboat/<engine id>}. Safe for use by several
 * threads.
 */
public interface Cgroups extends AutoCloseable {
  /** The directory of all engines, at the top of a hierarchy or in what is delegated to us. */
  String FAMILY = "jollyboat";

  /**
   * Makes the engine's groups.
   *
   * @param layout {@link CgroupLayout#delegated} for all but root of the machine
   * @param engineId a plain file name
   * @throws CgroupException when this process may not: {@link #problem} tells beforehand
   */
  static Cgroups open(CgroupLayout layout, String engineId) {
    return layout.unified() ? V2Cgroups.open(layout, engineId) : V1Cgroups.open(layout, engineId);
  }

  /** What an engine has where control groups cannot be used: no limits, no counts. */
  static Cgroups unavailable() {
    return new NoCgroups();
  }

  /** Why this process cannot make groups, or nothing if it can. */
  static Optional<String> problem(CgroupLayout layout) {
    if (layout.none()) {
      return Optional.of(
          layout.ruled()
              ? "no cgroup hierarchy is mounted; mount cgroup2 at /sys/fs/cgroup"
              : "no cgroup is delegated to this user");
    }
    List<Path> tops =
        layout.unified()
            ? List.of(V2Cgroups.base(layout))
            : layout.v1().stream().map(Hierarchy::base).toList();
    for (Path top : tops) {
      if (!Files.isWritable(top)) {
        return Optional.of(
            "no groups can be made in "
                + top
                + ": it is read-only, or neither root's nor delegated to this user");
      }
    }
    return Optional.empty();
  }

  /** Ids of the engines that have groups, alive or not. */
  static List<String> engines(CgroupLayout layout) {
    List<Path> tops = layout.unified() ? List.of(V2Cgroups.base(layout)) : V1Cgroups.tops(layout);
    return tops.stream()
        .flatMap(top -> CgroupFiles.children(top.resolve(FAMILY)).stream())
        .map(engine -> String.valueOf(engine.getFileName()))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Kills what still runs in the groups of an engine that is dead, and removes them.
   *
   * @throws CgroupException when a group is still in use after two seconds
   */
  static void sweep(CgroupLayout layout, String engineId) {
    List<Path> tops = layout.unified() ? List.of(V2Cgroups.base(layout)) : V1Cgroups.tops(layout);
    CgroupSweep.sweep(tops.stream().map(top -> top.resolve(FAMILY).resolve(engineId)).toList());
  }

  /**
   * Makes a container's groups and sets its limits.
   *
   * @param containerId a plain file name
   * @throws CgroupException when the kernel refuses a limit; nothing is left behind
   */
  ContainerCgroup create(String containerId, CgroupLimits limits);

  /** The groups of a container that another engine has left running, or of an earlier call. */
  ContainerCgroup find(String containerId);

  /** The processors on which containers may run; of this machine's, those that are on. */
  ProcessorList processors();

  /** Whether a container can be kept to some of them. */
  boolean placesContainers();

  /**
   * Files into which a monitor writes {@code 0}, so that it stands in the engine's groups and not
   * in those of this process, with which it would die. None where this process stands at the top.
   */
  List<Path> monitorFiles();

  /**
   * Lets go of the groups without removing them: containers that outlive the engine are in them.
   */
  default void leave() {}

  /** Removes the engine's groups, if no container is left in them; monitors may just be ending. */
  @Override
  void close();
}
