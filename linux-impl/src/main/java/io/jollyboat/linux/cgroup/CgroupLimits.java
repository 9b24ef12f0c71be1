package io.jollyboat.linux.cgroup;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a container may use; what is empty is not limited. Immutable.
 *
 * @param memory bytes
 * @param memoryAndSwap bytes of both together, -1 for no limit; empty with a memory limit: twice
 *     that, as Docker has it
 * @param cpus processors' worth of time, such as 1.5
 * @param cpuShares weight against others when all want the processors; 1024 is ordinary
 * @param cpuset processors as a list, {@code 0-2,4}
 * @param pids processes and threads
 * @param devices allowed, all others are not
 */
public record CgroupLimits(
    OptionalLong memory,
    OptionalLong memoryAndSwap,
    OptionalDouble cpus,
    OptionalInt cpuShares,
    Optional<String> cpuset,
    OptionalInt pids,
    List<DeviceRule> devices) {

  /** No limits but the default device rules. */
  public static final CgroupLimits DEFAULT =
      new CgroupLimits(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          DeviceRule.DEFAULT);

  public CgroupLimits {
    devices = List.copyOf(devices);
  }

  public CgroupLimits withMemory(long bytes) {
    return new CgroupLimits(
        OptionalLong.of(bytes), memoryAndSwap, cpus, cpuShares, cpuset, pids, devices);
  }

  public CgroupLimits withMemoryAndSwap(long bytes) {
    return new CgroupLimits(memory, OptionalLong.of(bytes), cpus, cpuShares, cpuset, pids, devices);
  }

  public CgroupLimits withCpus(double processors) {
    return new CgroupLimits(
        memory, memoryAndSwap, OptionalDouble.of(processors), cpuShares, cpuset, pids, devices);
  }

  public CgroupLimits withCpuShares(int shares) {
    return new CgroupLimits(
        memory, memoryAndSwap, cpus, OptionalInt.of(shares), cpuset, pids, devices);
  }

  public CgroupLimits withCpuset(String processors) {
    return new CgroupLimits(
        memory, memoryAndSwap, cpus, cpuShares, Optional.of(processors), pids, devices);
  }

  public CgroupLimits withPids(int limit) {
    return new CgroupLimits(
        memory, memoryAndSwap, cpus, cpuShares, cpuset, OptionalInt.of(limit), devices);
  }

  public CgroupLimits withDevices(List<DeviceRule> rules) {
    return new CgroupLimits(memory, memoryAndSwap, cpus, cpuShares, cpuset, pids, rules);
  }

  /** Memory and swap together, Docker's default where only memory is given. */
  OptionalLong total() {
    return memoryAndSwap.isPresent() || memory.isEmpty()
        ? memoryAndSwap
        : OptionalLong.of(2 * memory.getAsLong());
  }

  /**
   * Microseconds of processor time per {@link #PERIOD}; the kernel takes no less than a
   * millisecond.
   */
  OptionalLong quota() {
    return cpus.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(1000, Math.round(cpus.getAsDouble() * PERIOD)));
  }

  /** Microseconds: the kernel's default. */
  static final int PERIOD = 100_000;
}
