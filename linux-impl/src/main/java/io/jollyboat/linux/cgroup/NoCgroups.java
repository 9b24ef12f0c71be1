package io.jollyboat.linux.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Stands for groups that this process may not make: containers run, without limits. */
final class NoCgroups implements Cgroups {
  private static final String REMEDY =
      ": run it as root, or in a group that is delegated to its user: on cgroup v2 with"
          + " \"systemd-run --user --scope -p Delegate=yes PROGRAM\", on v1 in a directory of each"
          + " hierarchy that root has given to him, its files tasks and cgroup.procs too";

  private static final ContainerCgroup NOTHING =
      new ContainerCgroup() {
        @Override
        public CgroupMembership membership() {
          return CgroupMembership.NONE;
        }

        @Override
        public Optional<Path> freezerState() {
          return Optional.empty();
        }

        @Override
        public void change(CgroupLimits from, CgroupLimits to) {
          require(to);
        }

        @Override
        public ProcessorList processors() {
          return new ProcessorList(List.of());
        }

        @Override
        public long outOfMemoryKills() {
          return 0;
        }

        @Override
        public CgroupUsage usage() {
          throw new CgroupException(
              "nothing is counted for a container without control groups, which this process may not"
                  + " make"
                  + REMEDY);
        }

        @Override
        public void freeze(BooleanSupplier abandoned) {
          throw new CgroupException("a container cannot be frozen without control groups");
        }

        @Override
        public void thaw() {}

        @Override
        public boolean isFrozen() {
          return false;
        }

        @Override
        public void kill() {}

        @Override
        public void close() {}
      };

  @Override
  public ContainerCgroup create(String containerId, CgroupLimits limits) {
    require(limits);
    return NOTHING;
  }

  @Override
  public ContainerCgroup find(String containerId) {
    return NOTHING;
  }

  @Override
  public ProcessorList processors() {
    return ProcessorList.online();
  }

  @Override
  public boolean placesContainers() {
    return false;
  }

  @Override
  public List<Path> monitorFiles() {
    return List.of();
  }

  @Override
  public void close() {}

  /** A limit that is asked for and cannot be kept is an error, not a silence. */
  private static void require(CgroupLimits limits) {
    if (!limits.isUnlimited()) {
      throw new CgroupException(
          "limits of memory, processors or processes need control groups, which this process may not"
              + " make"
              + REMEDY);
    }
  }
}
