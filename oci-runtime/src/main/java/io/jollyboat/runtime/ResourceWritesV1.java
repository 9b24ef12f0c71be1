package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.DeviceRule;
import io.jollyboat.linux.cgroup.PlacedCgroup;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The files of cgroup v1. */
final class ResourceWritesV1 extends ResourceWrites {
  private static final String LIMIT = "memory.limit_in_bytes";
  private static final String TOTAL = "memory.memsw.limit_in_bytes";

  ResourceWritesV1(PlacedCgroup groups) {
    super(groups);
  }

  @Override
  void memory(Fields memory) {
    memory.refuse("the kernel has no such limit any more", "kernel");
    OptionalLong limit = memory.number("limit");
    OptionalLong total = memory.number("swap");
    // The kernel keeps memory at most memory and swap at every instant.
    boolean done =
        limit.isEmpty()
            || groups().writeIfPossible("memory", LIMIT, Long.toString(limit.getAsLong()));
    total.ifPresent(bytes -> put("memory", TOTAL, Long.toString(bytes)));
    if (!done) {
      put("memory", LIMIT, Long.toString(limit.orElseThrow()));
    }
    putNumber(memory, "reservation", "memory", "memory.soft_limit_in_bytes");
    putNumber(memory, "kernelTCP", "memory", "memory.kmem.tcp.limit_in_bytes");
    putNumber(memory, "swappiness", "memory", "memory.swappiness");
    memory
        .truth("disableOOMKiller")
        .ifPresent(off -> put("memory", "memory.oom_control", off ? "1" : "0"));
    if (memory.bool("useHierarchy")) {
      put("memory", "memory.use_hierarchy", "1");
    }
  }

  @Override
  void cpu(Fields cpu) {
    putNumber(cpu, "shares", "cpu", "cpu.shares");
    putNumber(cpu, "idle", "cpu", "cpu.idle");
    putNumber(cpu, "realtimePeriod", "cpu", "cpu.rt_period_us");
    putNumber(cpu, "realtimeRuntime", "cpu", "cpu.rt_runtime_us");
    putNumber(cpu, "period", "cpu", "cpu.cfs_period_us");
    putNumber(cpu, "quota", "cpu", "cpu.cfs_quota_us");
    putNumber(cpu, "burst", "cpu", "cpu.cfs_burst_us");
    putText(cpu, "cpus", "cpuset", "cpuset.cpus");
    putText(cpu, "mems", "cpuset", "cpuset.mems");
  }

  @Override
  void pids(Fields pids) {
    pids.number("limit").ifPresent(n -> put("pids", "pids.max", n > 0 ? Long.toString(n) : "max"));
  }

  @Override
  void blockIo(Fields blockIo) {
    blockIo.number("weight").ifPresent(this::weight);
    putNumber(blockIo, "leafWeight", "blkio", "blkio.leaf_weight");
    perDevice(blockIo, "weightDevice", "weight")
        .forEach(line -> put("blkio", "blkio.bfq.weight_device", line));
    perDevice(blockIo, "weightDevice", "leafWeight")
        .forEach(line -> put("blkio", "blkio.leaf_weight_device", line));
    throttle(blockIo, "throttleReadBpsDevice", "blkio.throttle.read_bps_device");
    throttle(blockIo, "throttleWriteBpsDevice", "blkio.throttle.write_bps_device");
    throttle(blockIo, "throttleReadIOPSDevice", "blkio.throttle.read_iops_device");
    throttle(blockIo, "throttleWriteIOPSDevice", "blkio.throttle.write_iops_device");
  }

  /** The scheduler's own name on newer kernels. */
  private void weight(long weight) {
    if (!groups().writeIfPossible("blkio", "blkio.bfq.weight", Long.toString(weight))) {
      put("blkio", "blkio.weight", Long.toString(weight));
    }
  }

  private void throttle(Fields blockIo, String list, String file) {
    perDevice(blockIo, list, "rate").forEach(line -> put("blkio", file, line));
  }

  @Override
  void hugePages(String size, long limit) {
    put("hugetlb", "hugetlb." + size + ".limit_in_bytes", Long.toString(limit));
  }

  @Override
  void network(Fields resources) {
    Fields network = resources.object("network");
    putNumber(network, "classID", "net_cls", "net_cls.classid");
    for (Fields priority : network.objects("priorities")) {
      put(
          "net_prio",
          "net_prio.ifpriomap",
          priority.required("name") + " " + required(priority, "priority"));
    }
  }

  @Override
  void unified(Fields resources) {
    resources.refuse("this machine's limits are of cgroup v1", "unified");
  }

  @Override
  void devices(List<DeviceRule> rules) {
    for (DeviceRule rule : rules) {
      String file = rule.allow() ? "devices.allow" : "devices.deny";
      lines(rule).forEach(line -> put("devices", file, line));
    }
  }

  /** To the kernel "a" means everything, whatever comes after it. */
  static List<String> lines(DeviceRule rule) {
    boolean everything = rule.major() < 0 && rule.minor() < 0 && rule.access().length() == 3;
    if (rule.type() != 'a' || everything) {
      return List.of(rule.toString());
    }
    return Stream.of('c', 'b')
        .map(type -> new DeviceRule(type, rule.major(), rule.minor(), rule.access()).toString())
        .toList();
  }
}
