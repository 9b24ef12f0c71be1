package io.jollyboat.linux.cgroup;

import io.jollyboat.Stats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a limited container reads of the machine: the text of a few files below /proc and /sys, as
 * proc(5) describes them, with the container's limits in place of the machine's size. What does not
 * change while the machine is up is read once. Immutable.
 */
public final class MachineView {
  private static final long TICKS_PER_SECOND = 100;
  private static final int NAME_WIDTH = 16;
  private static final int NUMBER_WIDTH = 8;

  private final Map<Integer, String> processors;
  private final String bootTime;
  private final List<String> memoryLines;

  private MachineView(Map<Integer, String> processors, String bootTime, List<String> memoryLines) {
    this.processors = processors;
    this.bootTime = bootTime;
    this.memoryLines = memoryLines;
  }

  public static MachineView ofThisMachine() {
    return of(
        CgroupFiles.read(Path.of("/proc/cpuinfo")),
        CgroupFiles.read(Path.of("/proc/stat")),
        CgroupFiles.read(Path.of("/proc/meminfo")));
  }

  static MachineView of(String cpuinfo, String stat, String meminfo) {
    Map<Integer, String> processors = new TreeMap<>();
    for (String block : cpuinfo.split("\n\n")) {
      String[] first = block.strip().split("\n", 2)[0].split(":", 2);
      if (first[0].strip().equals("processor") && first.length == 2) {
        processors.put(Integer.parseInt(first[1].strip()), block.strip() + "\n\n");
      }
    }
    return new MachineView(
        processors,
        stat.lines().filter(line -> line.startsWith("btime ")).findFirst().orElse("btime 0"),
        meminfo.lines().toList());
  }

  /** Bytes of memory of the machine. */
  public long memory() {
    return bytes("MemTotal:");
  }

  /** {@code /proc/cpuinfo}, with those processors only, under their own numbers. */
  public String cpuinfo(ProcessorList visible) {
    StringBuilder text = new StringBuilder();
    visible.numbers().forEach(number -> text.append(processors.getOrDefault(number, "")));
    return text.toString();
  }

  /** {@code /sys/devices/system/cpu/online}. */
  public String online(ProcessorList visible) {
    return visible + "\n";
  }

  /**
   * {@code /proc/uptime}: since the container's start, and for how long its processors had nothing
   * of it to do.
   */
  public String uptime(ProcessorList visible, Duration up, Stats.Cpu used) {
    return hundredths(up) + " " + hundredths(idle(visible, up, used)) + "\n";
  }

  /**
   * {@code /proc/stat}: the container's own time, spread evenly over its processors. The time of
   * the boot stays the machine's, from which the start times of processes are counted.
   */
  public String stat(ProcessorList visible, Duration up, Stats.Cpu used, long processes) {
    Duration idle = idle(visible, up, used);
    StringBuilder text = new StringBuilder();
    processor(text, "cpu ", 1, used, idle);
    for (int number : visible.numbers()) {
      processor(text, "cpu" + number, visible.size(), used, idle);
    }
    text.append("intr 0\nctxt 0\n").append(bootTime).append('\n');
    text.append("processes ").append(processes).append('\n');
    text.append("procs_running 1\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n");
    return text.toString();
  }

  /** User, nice, system, idle, iowait, irq, softirq, steal, guest, guest nice. */
  private static void processor(
      StringBuilder text, String name, int share, Stats.Cpu used, Duration idle) {
    text.append(name)
        .append(' ')
        .append(ticks(used.user(), share))
        .append(" 0 ")
        .append(ticks(used.system(), share))
        .append(' ')
        .append(ticks(idle, share))
        .append(" 0 0 0 0 0 0\n");
  }

  private static Duration idle(ProcessorList visible, Duration up, Stats.Cpu used) {
    Duration idle = up.multipliedBy(visible.size()).minus(used.user()).minus(used.system());
    return idle.isNegative() ? Duration.ZERO : idle;
  }

  private static long ticks(Duration time, int share) {
    return time.toMillis() * TICKS_PER_SECOND / 1000 / share;
  }

  private static String hundredths(Duration time) {
    long hundredths = time.toMillis() / 10;
    long rest = hundredths % 100;
    return hundredths / 100 + (rest < 10 ? ".0" : ".") + rest;
  }

  /**
   * {@code /proc/meminfo}, every line of the machine's own with the container's number, or 0 where
   * the kernel does not count that for a container. Its length does not change.
   *
   * @param swap most bytes of swap, however much the machine has
   */
  public String meminfo(Stats.Memory memory, long swap) {
    Map<String, Long> kilobytes = kilobytes(memory, swap);
    StringBuilder text = new StringBuilder();
    for (String line : memoryLines) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? line : line.substring(0, colon);
      boolean machines = name.matches("(Huge|Vmalloc|DirectMap|CommitLimit).*");
      if (machines) {
        text.append(line).append('\n');
      } else {
        append(text, name, kilobytes.getOrDefault(name, 0L));
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String name, long number) {
    String digits = Long.toString(number);
    text.append(name).append(':');
    text.append(" ".repeat(Math.max(1, NAME_WIDTH - name.length() - 1)));
    text.append(" ".repeat(Math.max(0, NUMBER_WIDTH - digits.length()))).append(digits);
    text.append(" kB\n");
  }

  private Map<String, Long> kilobytes(Stats.Memory memory, long swap) {
    Details of = new Details(memory.details());
    long total = memory.limit().bytes();
    long free = Math.max(0, total - memory.charged().bytes());
    long reclaimable = of.first("slab_reclaimable");
    long fileCache = of.first("file", "cache");
    long swapTotal = Math.min(swap, bytes("SwapTotal:"));
    Map<String, Long> bytes = new TreeMap<>();
    bytes.put("MemTotal", total);
    bytes.put("MemFree", free);
    bytes.put(
        "MemAvailable",
        Math.min(total, free + of.first("inactive_file") + of.first("active_file") + reclaimable));
    bytes.put("Cached", fileCache);
    bytes.put("SwapCached", of.first("swapcached"));
    bytes.put("Active", of.first("active_anon") + of.first("active_file"));
    bytes.put("Inactive", of.first("inactive_anon") + of.first("inactive_file"));
    bytes.put("Active(anon)", of.first("active_anon"));
    bytes.put("Inactive(anon)", of.first("inactive_anon"));
    bytes.put("Active(file)", of.first("active_file"));
    bytes.put("Inactive(file)", of.first("inactive_file"));
    bytes.put("Unevictable", of.first("unevictable"));
    bytes.put("SwapTotal", swapTotal);
    bytes.put("SwapFree", Math.max(0, swapTotal - memory.swap().bytes()));
    bytes.put("Dirty", of.first("file_dirty", "dirty"));
    bytes.put("Writeback", of.first("file_writeback", "writeback"));
    bytes.put("AnonPages", of.first("anon", "rss"));
    bytes.put("Mapped", of.first("file_mapped", "mapped_file"));
    bytes.put("Shmem", of.first("shmem"));
    bytes.put("KReclaimable", reclaimable);
    bytes.put("Slab", reclaimable + of.first("slab_unreclaimable"));
    bytes.put("SReclaimable", reclaimable);
    bytes.put("SUnreclaim", of.first("slab_unreclaimable"));
    bytes.put("KernelStack", of.first("kernel_stack"));
    bytes.put("PageTables", of.first("pagetables"));
    bytes.replaceAll((name, value) -> value / 1024);
    return bytes;
  }

  private long bytes(String name) {
    return memoryLines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0);
  }

  /** The kernel's numbers, whose names differ between v1 and v2. */
  private record Details(Map<String, Long> numbers) {
    long first(String... names) {
      for (String name : names) {
        Long number = numbers.get(name);
        if (number != null) {
          return number;
        }
      }
      return 0;
    }
  }
}
