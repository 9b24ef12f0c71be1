package io.jollyboat.linux.cgroup;

import io.jollyboat.Size;
import io.jollyboat.Stats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What the group of v2 counted for one container. */
final class V2Counts {
  private final Path directory;

  V2Counts(Path directory) {
    this.directory = directory;
  }

  long outOfMemoryKills() {
    return read("memory.events").map(text -> CgroupFiles.valueOf(text, "oom_kill")).orElse(0L);
  }

  Stats.Cpu cpu() {
    String stat = read("cpu.stat").orElse("");
    return new Stats.Cpu(
        microseconds(stat, "usage_usec"),
        microseconds(stat, "user_usec"),
        microseconds(stat, "system_usec"),
        CgroupFiles.valueOf(stat, "nr_periods"),
        CgroupFiles.valueOf(stat, "nr_throttled"),
        microseconds(stat, "throttled_usec"));
  }

  private static Duration microseconds(String stat, String key) {
    return Duration.ofNanos(1000 * CgroupFiles.valueOf(stat, key));
  }

  Stats.Memory memory() {
    Map<String, Long> details = CgroupFiles.values(read("memory.stat").orElse(""));
    long charged = number("memory.current").orElse(0);
    return new Stats.Memory(
        new Size(Math.max(0, charged - details.getOrDefault("inactive_file", 0L))),
        new Size(charged),
        new Size(number("memory.peak").orElse(0)), // since Linux 5.19
        new Size(MachineMemory.atMost(number("memory.max").orElse(Long.MAX_VALUE))),
        new Size(number("memory.swap.current").orElse(0)),
        outOfMemoryKills(),
        details);
  }

  Stats.Pids pids() {
    return new Stats.Pids(number("pids.current").orElse(0), number("pids.max"));
  }

  List<Stats.Io> io() {
    IoCounts counts = new IoCounts();
    read("io.stat").ifPresent(counts::add);
    return counts.all();
  }

  /** Empty where the kernel was built or booted without it, and before Linux 4.20. */
  Optional<Stats.Pressure> pressure() {
    Optional<String> memory = read("memory.pressure");
    if (memory.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Stats.Pressure(
            waits(read("cpu.pressure").orElse("")),
            waits(memory.get()),
            waits(read("io.pressure").orElse(""))));
  }

  /** Lines of {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=0}, microseconds. */
  static Stats.Waits waits(String lines) {
    Stats.Wait some = Stats.Wait.NONE;
    Stats.Wait full = Stats.Wait.NONE;
    for (String line : lines.split("\n")) {
      String[] words = line.split("[ =]");
      if (words.length == 9) {
        Stats.Wait wait =
            new Stats.Wait(
                Double.parseDouble(words[2]),
                Double.parseDouble(words[4]),
                Double.parseDouble(words[6]),
                Duration.ofNanos(1000 * Long.parseLong(words[8])));
        some = words[0].equals("some") ? wait : some;
        full = words[0].equals("full") ? wait : full;
      }
    }
    return new Stats.Waits(some, full);
  }

  private OptionalLong number(String file) {
    Optional<String> text = read(file).filter(value -> !value.equals("max"));
    return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
  }

  private Optional<String> read(String file) {
    return CgroupFiles.readIfPossible(directory.resolve(file));
  }
}
