package io.jollyboat.runtime;

import io.jollyboat.Stats;
import io.jollyboat.linux.cgroup.CgroupUsage;
import io.jollyboat.linux.cgroup.PlacedCgroup;
import java.util.LinkedHashMap;
import java.util.Map;

/** A sample of what a container uses, with runc's names. */
final class CgroupStats {
  private CgroupStats() {}

  static Map<String, Object> of(PlacedCgroup groups) {
    CgroupUsage usage = groups.usage();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("cpu", cpu(usage.cpu()));
    data.put("memory", memory(usage.memory()));
    data.put("pids", pids(usage.pids()));
    return data;
  }

  /** Times in nanoseconds. */
  private static Map<String, Object> cpu(Stats.Cpu cpu) {
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("total", cpu.total().toNanos());
    usage.put("kernel", cpu.system().toNanos());
    usage.put("user", cpu.user().toNanos());
    Map<String, Object> throttling = new LinkedHashMap<>();
    throttling.put("periods", cpu.periods());
    throttling.put("throttledPeriods", cpu.throttledPeriods());
    throttling.put("throttledTime", cpu.throttled().toNanos());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("usage", usage);
    all.put("throttling", throttling);
    return all;
  }

  private static Map<String, Object> memory(Stats.Memory memory) {
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("limit", memory.limit().bytes());
    usage.put("usage", memory.charged().bytes());
    usage.put("max", memory.peak().bytes());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("usage", usage);
    all.put("raw", memory.details());
    return all;
  }

  private static Map<String, Object> pids(Stats.Pids pids) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("current", pids.current());
    pids.limit().ifPresent(limit -> all.put("limit", limit));
    return all;
  }
}
