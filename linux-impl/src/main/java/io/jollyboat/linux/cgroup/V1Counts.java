package io.jollyboat.linux.cgroup;

import io.jollyboat.Size;
import io.jollyboat.Stats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/** What the groups of v1 counted for one container. */
final class V1Counts {
  private static final String HIERARCHICAL = "total_";

  private final Function<String, Optional<Path>> groups;

  V1Counts(Function<String, Optional<Path>> groups) {
    this.groups = groups;
  }

  long outOfMemoryKills() {
    return read("memory", "memory.oom_control")
        .map(text -> CgroupFiles.valueOf(text, "oom_kill"))
        .orElse(0L);
  }

  Stats.Cpu cpu() {
    String throttling = read("cpu", "cpu.stat").orElse("");
    return new Stats.Cpu(
        nanoseconds("cpuacct.usage"),
        nanoseconds("cpuacct.usage_user"),
        nanoseconds("cpuacct.usage_sys"),
        CgroupFiles.valueOf(throttling, "nr_periods"),
        CgroupFiles.valueOf(throttling, "nr_throttled"),
        Duration.ofNanos(CgroupFiles.valueOf(throttling, "throttled_time")));
  }

  private Duration nanoseconds(String file) {
    return Duration.ofNanos(number("cpuacct", file).orElse(0));
  }

  Stats.Memory memory() {
    Map<String, Long> all = CgroupFiles.values(read("memory", "memory.stat").orElse(""));
    Map<String, Long> details = new TreeMap<>();
    all.forEach(
        (name, value) -> {
          if (name.startsWith(HIERARCHICAL)) {
            details.put(name.substring(HIERARCHICAL.length()), value);
          }
        });
    long charged = number("memory", "memory.usage_in_bytes").orElse(0);
    return new Stats.Memory(
        new Size(Math.max(0, charged - details.getOrDefault("inactive_file", 0L))),
        new Size(charged),
        new Size(number("memory", "memory.max_usage_in_bytes").orElse(0)),
        new Size(
            MachineMemory.atMost(number("memory", "memory.limit_in_bytes").orElse(Long.MAX_VALUE))),
        new Size(details.getOrDefault("swap", 0L)),
        outOfMemoryKills(),
        details);
  }

  Stats.Pids pids() {
    Optional<String> limit = read("pids", "pids.max").filter(text -> !text.equals("max"));
    return new Stats.Pids(
        number("pids", "pids.current").orElse(0),
        limit.isPresent() ? OptionalLong.of(Long.parseLong(limit.get())) : OptionalLong.empty());
  }

  /** Lines of {@code 8:0 Read 4096}, of which those with a device count. */
  List<Stats.Io> io() {
    IoCounts counts = new IoCounts();
    read("blkio", "blkio.throttle.io_service_bytes_recursive")
        .ifPresent(text -> counts.add(text, "Read", "Write", true));
    read("blkio", "blkio.throttle.io_serviced_recursive")
        .ifPresent(text -> counts.add(text, "Read", "Write", false));
    return counts.all();
  }

  private OptionalLong number(String controller, String file) {
    Optional<String> text = read(controller, file);
    return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
  }

  private Optional<String> read(String controller, String file) {
    return groups
        .apply(controller)
        .flatMap(directory -> CgroupFiles.readIfPossible(directory.resolve(file)));
  }
}
