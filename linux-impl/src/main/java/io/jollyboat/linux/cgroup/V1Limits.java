package io.jollyboat.linux.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Writes limits to one container's groups of v1 (Documentation/admin-guide/cgroup-v1). */
final class V1Limits {
  private final Function<String, Optional<Path>> groups;

  /** {@code groups} finds the container's group by a controller's name. */
  V1Limits(Function<String, Optional<Path>> groups) {
    this.groups = groups;
  }

  /** Huge pages apart, which may be counted elsewhere. */
  void write(CgroupLimits limits) {
    memory(limits);
    processors(limits);
    limits.pids().ifPresent(pids -> write("pids", "pids.max", orMax(pids)));
    limits.ioWeight().ifPresent(this::weight);
    limits.io().forEach(this::device);
  }

  boolean countsHugePages() {
    return groups.apply("hugetlb").isPresent();
  }

  void hugePages(CgroupLimits limits) {
    limits
        .hugePages()
        .forEach(
            (page, bytes) -> {
              Path file = directory("hugetlb").resolve(hugePages(page) + ".limit_in_bytes");
              requireHugePages(file, page);
              CgroupFiles.write(file, Long.toString(bytes));
            });
  }

  private void memory(CgroupLimits limits) {
    if (limits.memory().isPresent() || limits.total().isPresent()) {
      limitMemory(limits);
    }
    limits
        .reservation()
        .ifPresent(bytes -> write("memory", "memory.soft_limit_in_bytes", Long.toString(bytes)));
    limits
        .swappiness()
        .ifPresent(
            percent -> {
              Path group = directory("memory");
              String file = "memory.swappiness";
              String inherited = CgroupFiles.read(group.resolve("..").normalize().resolve(file));
              write("memory", file, percent < 0 ? inherited : Integer.toString(percent));
            });
    limits
        .killsDisabled()
        .ifPresent(disabled -> write("memory", "memory.oom_control", Integer.toString(disabled)));
  }

  /**
   * The kernel keeps memory at most memory and swap at every instant: going down memory is first,
   * going up memory and swap. A kernel that does not count swap lacks the second file.
   */
  private void limitMemory(CgroupLimits limits) {
    Path directory = directory("memory");
    Path memory = directory.resolve("memory.limit_in_bytes");
    Path total = directory.resolve("memory.memsw.limit_in_bytes");
    boolean counted = Files.exists(total);
    requireSwap(counted, limits, total);
    String bytes = Long.toString(limits.memory().orElse(CgroupLimits.UNLIMITED));
    String totalBytes = Long.toString(limits.total().orElse(CgroupLimits.UNLIMITED));
    if (limits.memory().isPresent()) {
      Optional<CgroupException> refused = CgroupFiles.refusal(memory, bytes);
      if (refused.isPresent() && !(counted && CgroupFiles.writeIfPossible(total, totalBytes))) {
        throw new CgroupException(
            refused.get().getMessage() + "; is more than that in use?", refused.get());
      }
      if (refused.isPresent()) {
        CgroupFiles.write(memory, bytes);
      }
    }
    if (counted) {
      CgroupFiles.write(total, totalBytes);
    }
  }

  /**
   * Where swap is not counted it can be neither allowed in part nor forbidden where there is any.
   */
  static void requireSwap(boolean counted, CgroupLimits limits, Path file) {
    OptionalLong total = limits.total();
    boolean finite = total.isPresent() && total.getAsLong() >= 0;
    if (!counted && finite && total.getAsLong() > limits.memory().orElse(0)) {
      throw new CgroupException(
          "swap cannot be limited: this kernel does not count it, there is no "
              + file
              + "; boot it with swapaccount=1");
    }
  }

  private void processors(CgroupLimits limits) {
    limits.quota().ifPresent(quota -> limitTime(quota, limits.period()));
    limits.cpuShares().ifPresent(shares -> write("cpu", "cpu.shares", Integer.toString(shares)));
    limits.cpuset().ifPresent(list -> limitSet("cpuset.cpus", list));
    limits.memoryNodes().ifPresent(list -> limitSet("cpuset.mems", list));
  }

  /** A group is born with the ordinary period: it is written only where another one is. */
  private void limitTime(long quota, long period) {
    Path file = directory("cpu").resolve("cpu.cfs_period_us");
    if (!CgroupFiles.read(file).equals(Long.toString(period))) {
      CgroupFiles.write(file, Long.toString(period));
    }
    write("cpu", "cpu.cfs_quota_us", Long.toString(quota));
  }

  /** No list is the one of the group above. */
  private void limitSet(String file, String list) {
    Path group = directory("cpuset");
    String inherited =
        list.isEmpty() ? CgroupFiles.read(group.resolve("..").normalize().resolve(file)) : list;
    CgroupFiles.write(group.resolve(file), inherited);
  }

  private void weight(int weight) {
    CgroupFiles.write(weightFile(""), Integer.toString(weight < 0 ? 100 : weight));
  }

  private void device(String device, IoLimits limits) {
    limits.weight().ifPresent(w -> CgroupFiles.write(weightFile("_device"), device + " " + w));
    throttle("read_bps", device, limits.readBytes());
    throttle("write_bps", device, limits.writeBytes());
    throttle("read_iops", device, limits.readOperations());
    throttle("write_iops", device, limits.writeOperations());
  }

  private void throttle(String what, String device, OptionalLong limit) {
    limit.ifPresent(
        value -> write("blkio", "blkio.throttle." + what + "_device", device + " " + value));
  }

  /** The scheduler that can weigh is BFQ since Linux 5.0, and was CFQ before. */
  private Path weightFile(String suffix) {
    Path group = directory("blkio");
    Path bfq = group.resolve("blkio.bfq.weight" + suffix);
    Path cfq = group.resolve("blkio.weight" + suffix);
    if (!Files.exists(bfq) && !Files.exists(cfq)) {
      throw new CgroupException(
          "io cannot be weighed: "
              + group
              + " has neither blkio.bfq.weight"
              + suffix
              + " nor blkio.weight"
              + suffix
              + "; the kernel needs the BFQ scheduler");
    }
    return Files.exists(bfq) ? bfq : cfq;
  }

  /** As the kernel names its files: {@code hugetlb.2MB}. */
  static String hugePages(long page) {
    if (page >= 1 << 30) {
      return "hugetlb." + (page >> 30) + "GB";
    }
    return "hugetlb." + (page >= 1 << 20 ? (page >> 20) + "MB" : (page >> 10) + "KB");
  }

  static void requireHugePages(Path file, long page) {
    if (!Files.exists(file)) {
      Path offered = file.resolveSibling("cgroup.controllers");
      if (CgroupFiles.readIfPossible(offered).filter(all -> !all.contains("hugetlb")).isPresent()) {
        throw new CgroupException(
            "a limit of huge pages needs the hugetlb controller, which is not handed down to "
                + file.getParent()
                + "; systemd hands it to no unit, whatever its Delegate= says");
      }
      throw new CgroupException(
          "huge pages of "
              + page
              + " bytes cannot be limited: there is no "
              + file
              + "; /sys/kernel/mm/hugepages names the sizes that this kernel has");
    }
  }

  private static String orMax(int limit) {
    return limit < 0 ? "max" : Integer.toString(limit);
  }

  private void write(String controller, String file, String value) {
    CgroupFiles.write(directory(controller).resolve(file), value);
  }

  Path directory(String controller) {
    return groups
        .apply(controller)
        .orElseThrow(
            () ->
                new CgroupException(
                    "the "
                        + controller
                        + " controller is not mounted, or none of its groups is delegated to this"
                        + " process's user: mount it with \"mount -t cgroup -o "
                        + controller
                        + " cgroup /sys/fs/cgroup/"
                        + controller
                        + "\", or let root give him the group of this process"));
  }
}
