package io.jollyboat.linux.cgroup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Stands for groups that this process may not make: containers run, without limits. */
final class NoCgroups implements Cgroups {
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
        public void limit(CgroupLimits limits) {
          require(limits);
        }

        @Override
        public long outOfMemoryKills() {
          return 0;
        }

        @Override
        public Duration cpuTime() {
          return Duration.ZERO;
        }

        @Override
        public OptionalLong memory() {
          return OptionalLong.empty();
        }

        @Override
        public OptionalLong memoryPeak() {
          return OptionalLong.empty();
        }

        @Override
        public OptionalLong pids() {
          return OptionalLong.empty();
        }

        @Override
        public void freeze() {
          throw new CgroupException("a container cannot be frozen without control groups");
        }

        @Override
        public void thaw() {}

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
  public List<Path> monitorFiles() {
    return List.of();
  }

  @Override
  public void close() {}

  /** A limit that is asked for and cannot be kept is an error, not a silence. */
  private static void require(CgroupLimits limits) {
    if (!limits.withDevices(DeviceRule.DEFAULT).equals(CgroupLimits.DEFAULT)) {
      throw new CgroupException(
          "limits of memory, processors or processes need control groups, which this process may not make");
    }
  }
}
