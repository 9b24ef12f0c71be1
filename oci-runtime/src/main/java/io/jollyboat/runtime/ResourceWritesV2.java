package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.DeviceRule;
import io.jollyboat.linux.cgroup.PlacedCgroup;
import java.util.List;
import java.util.OptionalLong;

/** The files of cgroup v2. */
final class ResourceWritesV2 extends ResourceWrites {
  private static final String V1_ONLY = "exists on cgroup v1 only";

  ResourceWritesV2(PlacedCgroup groups) {
    super(groups);
  }

  @Override
  void memory(Fields memory) {
    memory.refuse(V1_ONLY, "kernel", "kernelTCP", "swappiness");
    if (memory.bool("disableOOMKiller")) {
      throw memory.error("disableOOMKiller", V1_ONLY);
    }
    OptionalLong limit = memory.number("limit");
    OptionalLong total = memory.number("swap");
    total.ifPresent(bytes -> put("memory", "memory.swap.max", swap(memory, limit, bytes)));
    limit.ifPresent(bytes -> put("memory", "memory.max", orMax(bytes)));
    memory.number("reservation").ifPresent(bytes -> put("memory", "memory.low", orMax(bytes)));
  }

  /** The specification counts memory and swap together, v2 swap alone. */
  private static String swap(Fields memory, OptionalLong limit, long total) {
    if (total < 0) {
      return "max";
    }
    if (limit.isEmpty() || limit.getAsLong() < 0 || limit.getAsLong() > total) {
      throw memory.error(
          "swap", total + " counts memory and swap: it needs a limit of memory below");
    }
    return Long.toString(total - limit.getAsLong());
  }

  private static String orMax(long bytes) {
    return bytes < 0 ? "max" : Long.toString(bytes);
  }

  @Override
  void cpu(Fields cpu) {
    cpu.refuse(V1_ONLY, "realtimePeriod", "realtimeRuntime");
    cpu.number("shares")
        .ifPresent(shares -> put("cpu", "cpu.weight", Long.toString(weight(shares))));
    putNumber(cpu, "idle", "cpu", "cpu.idle");
    OptionalLong quota = cpu.number("quota");
    OptionalLong period = cpu.number("period");
    if (quota.isPresent() || period.isPresent()) {
      String time = quota.isEmpty() || quota.getAsLong() <= 0 ? "max" : "" + quota.getAsLong();
      put("cpu", "cpu.max", time + " " + period.orElse(100_000));
    }
    putNumber(cpu, "burst", "cpu", "cpu.max.burst");
    putText(cpu, "cpus", "cpuset", "cpuset.cpus");
    putText(cpu, "mems", "cpuset", "cpuset.mems");
  }

  /** From 2 to 262144 on v1, from 1 to 10000 on v2. */
  static long weight(long shares) {
    return shares == 0 ? 100 : 1 + (Math.max(2, Math.min(shares, 262_144)) - 2) * 9999 / 262_142;
  }

  @Override
  void pids(Fields pids) {
    pids.number("limit").ifPresent(n -> put("pids", "pids.max", n > 0 ? Long.toString(n) : "max"));
  }

  @Override
  void blockIo(Fields blockIo) {
    blockIo.refuse(V1_ONLY, "leafWeight");
    blockIo.number("weight").ifPresent(this::ioWeight);
    perDevice(blockIo, "weightDevice", "weight").forEach(line -> put("io", "io.bfq.weight", line));
    throttle(blockIo, "throttleReadBpsDevice", "rbps");
    throttle(blockIo, "throttleWriteBpsDevice", "wbps");
    throttle(blockIo, "throttleReadIOPSDevice", "riops");
    throttle(blockIo, "throttleWriteIOPSDevice", "wiops");
  }

  private void ioWeight(long weight) {
    if (!groups().writeIfPossible("io", "io.bfq.weight", Long.toString(weight))) {
      put("io", "io.weight", Long.toString(1 + (weight - 10) * 9999 / 990));
    }
  }

  private void throttle(Fields blockIo, String list, String key) {
    perDevice(blockIo, list, "rate")
        .forEach(line -> put("io", "io.max", line.replace(" ", " " + key + "=")));
  }

  @Override
  void hugePages(String size, long limit) {
    put("hugetlb", "hugetlb." + size + ".max", orMax(limit));
  }

  @Override
  void network(Fields resources) {
    resources.refuse(V1_ONLY, "network");
  }

  @Override
  void unified(Fields resources) {
    resources.stringMap("unified").forEach(this::unifiedFile);
  }

  private void unifiedFile(String file, String value) {
    if (!file.matches("[a-z0-9_]+(\\.[A-Za-z0-9_]+)+") || file.startsWith("cgroup.")) {
      throw new RuntimeFailure("linux.resources.unified: \"" + file + "\" is no file of a limit");
    }
    value.lines().forEach(line -> put(file.substring(0, file.indexOf('.')), file, line));
  }

  @Override
  void devices(List<DeviceRule> rules) {
    groups().allowOnly(rules);
  }
}
