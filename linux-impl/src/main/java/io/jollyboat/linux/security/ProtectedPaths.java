package io.jollyboat.linux.security;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Paths of the kernel's file systems that a container does not see, or sees but cannot change:
 * Docker's lists.
 *
 * @param masked hidden behind an empty file or directory
 * @param readOnly cannot be written; anything below neither
 */
public record ProtectedPaths(List<String> masked, List<String> readOnly) {
  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/firmware",
          "/sys/devices/virtual/powercap");
  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  /** What lxcfs and its kin may put over /proc: the only user mounts allowed there. */
  private static final Set<String> MOUNTABLE_IN_PROC =
      Set.of("cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo");

  public ProtectedPaths {
    masked = List.copyOf(masked);
    readOnly = List.copyOf(readOnly);
  }

  /** Those that this machine has: a start pays for no other. They do not change while it is up. */
  public static ProtectedPaths ofThisMachine() {
    List<String> masked = new ArrayList<>(MASKED);
    masked.addAll(thermalThrottle(Path.of("/sys/devices/system/cpu")));
    masked.removeIf(path -> !Files.exists(Path.of(path)));
    return new ProtectedPaths(
        masked, READ_ONLY.stream().filter(path -> Files.exists(Path.of(path))).toList());
  }

  /**
   * Whether a mount that the user asked for may lie at this path of the container. At or below
   * /proc only a few single files may be covered: a false /proc would turn the engine's own
   * protections aside.
   *
   * @param path absolute and normalised
   */
  public static boolean mayBeMountedOver(String path) {
    if (path.equals("/proc")) {
      return false;
    }
    return !path.startsWith("/proc/")
        || MOUNTABLE_IN_PROC.contains(path.substring("/proc/".length()));
  }

  /** Temperatures and throttling per processor tell of the neighbours' load. */
  private static List<String> thermalThrottle(Path processors) {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> each = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
      each.forEach(processor -> found.add(processor.resolve("thermal_throttle").toString()));
    } catch (IOException | DirectoryIteratorException e) {
      return List.of(); // no /sys of this kind: nothing to hide
    }
    Collections.sort(found);
    return found;
  }
}
