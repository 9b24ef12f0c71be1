package io.jollyboat.linux.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Writes limits to one container's group of v2 (Documentation/admin-guide/cgroup-v2.rst). */
final class V2Limits {
  private static final double LARGEST_SHARES = 262_144;
  private static final int ORDINARY_WEIGHT = 100;

  private final Path directory;

  V2Limits(Path directory) {
    this.directory = directory;
  }

  void write(CgroupLimits limits) {
    requireV2(limits);
    memory(limits);
    limits
        .quota()
        .ifPresent(quota -> write("cpu.max", (quota < 0 ? "max" : quota) + " " + limits.period()));
    limits.cpuShares().ifPresent(shares -> write("cpu.weight", Integer.toString(weight(shares))));
    limits.cpuset().ifPresent(processors -> write("cpuset.cpus", orNewline(processors)));
    limits.memoryNodes().ifPresent(nodes -> write("cpuset.mems", orNewline(nodes)));
    limits.pids().ifPresent(pids -> write("pids.max", orMax(pids)));
    limits.ioWeight().ifPresent(this::ioWeight);
    limits.io().forEach(this::device);
    hugePages(limits);
  }

  private static void requireV2(CgroupLimits limits) {
    if (limits.swappiness().isPresent()) {
      throw new CgroupException(
          "swappiness of a container is there on cgroup v1 only; on v2 set vm.swappiness for the"
              + " machine, or limit its swap");
    }
    if (limits.killsDisabled().isPresent()) {
      throw new CgroupException(
          "processes that wait for memory instead of being killed are there on cgroup v1 only; on"
              + " v2 give the container a larger limit");
    }
  }

  private void memory(CgroupLimits limits) {
    limits.memory().ifPresent(memory -> write("memory.max", orMax(memory)));
    limits.reservation().ifPresent(bytes -> write("memory.low", Long.toString(Math.max(0, bytes))));
    if (limits.total().isPresent()) {
      limitSwap(limits.total().getAsLong(), limits);
    }
  }

  /** A kernel without swap, or that was told not to count it, has no such file. */
  private void limitSwap(long total, CgroupLimits limits) {
    OptionalLong memory = limits.memory();
    Path file = directory.resolve("memory.swap.max");
    V1Limits.requireSwap(Files.exists(file), limits, file);
    if (!Files.exists(file)) {
      return;
    }
    boolean unlimited = total < 0 || memory.orElse(-1) < 0;
    write("memory.swap.max", unlimited ? "max" : Long.toString(total - memory.getAsLong()));
  }

  /** The curve that runc and crun share since 2025: 2 to 1, 1024 to 100, 262144 to 10000. */
  static int weight(int shares) {
    double l = Math.log(Math.max(2, Math.min(LARGEST_SHARES, shares))) / Math.log(2);
    double weight = Math.pow(10, (l * l + 125 * l) / 612 - 7.0 / 34);
    return (int) Math.min(10_000, Math.ceil(weight - 1e-9));
  }

  private void ioWeight(int weight) {
    boolean bfq = Files.exists(directory.resolve("io.bfq.weight"));
    int value = weight < 0 ? ORDINARY_WEIGHT : bfq ? weight : ioWeightOf(weight);
    write(bfq ? "io.bfq.weight" : "io.weight", "default " + value);
  }

  /** Docker's 10 to 1000 as the kernel's 1 to 10000. */
  static int ioWeightOf(int weight) {
    return 1 + (weight - 10) * 9999 / 990;
  }

  private void device(String device, IoLimits limits) {
    limits.weight().ifPresent(weight -> deviceWeight(device, weight));
    List<String> pairs = new ArrayList<>();
    pair(pairs, "rbps", limits.readBytes());
    pair(pairs, "wbps", limits.writeBytes());
    pair(pairs, "riops", limits.readOperations());
    pair(pairs, "wiops", limits.writeOperations());
    if (!pairs.isEmpty()) {
      write("io.max", device + " " + String.join(" ", pairs));
    }
  }

  private void deviceWeight(String device, int weight) {
    boolean bfq = Files.exists(directory.resolve("io.bfq.weight"));
    int value = bfq ? weight : ioWeightOf(Math.max(10, weight));
    write(bfq ? "io.bfq.weight" : "io.weight", device + " " + (weight == 0 ? "default" : value));
  }

  private static void pair(List<String> pairs, String key, OptionalLong value) {
    value.ifPresent(number -> pairs.add(key + "=" + (number == 0 ? "max" : number)));
  }

  void hugePages(CgroupLimits limits) {
    limits
        .hugePages()
        .forEach(
            (page, bytes) -> {
              String file = V1Limits.hugePages(page) + ".max";
              V1Limits.requireHugePages(directory.resolve(file), page);
              write(file, orMax(bytes));
            });
  }

  private static String orMax(long limit) {
    return limit < 0 ? "max" : Long.toString(limit);
  }

  /** An empty write would not reach the kernel. */
  private static String orNewline(String list) {
    return list.isEmpty() ? "\n" : list;
  }

  private void write(String file, String value) {
    if (!Files.exists(directory.resolve(file))) {
      String controller = file.substring(0, file.indexOf('.'));
      throw new CgroupException(
          "a limit needs the "
              + controller
              + " controller, which is not handed down to "
              + directory
              + ": it has no "
              + file
              + "; enable it in cgroup.subtree_control of every group above, or in the unit's Delegate=");
    }
    CgroupFiles.write(directory.resolve(file), value);
  }
}
