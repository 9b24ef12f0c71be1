package io.jollyboat.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The flags of "update", as the members of {@code linux.resources} that they stand for. */
final class UpdateFlags {
  /** Flag, object and member. */
  private static final List<String[]> MEMBERS =
      List.of(
          new String[] {"memory", "memory", "limit"},
          new String[] {"memory-reservation", "memory", "reservation"},
          new String[] {"memory-swap", "memory", "swap"},
          new String[] {"kernel-memory", "memory", "kernel"},
          new String[] {"kernel-memory-tcp", "memory", "kernelTCP"},
          new String[] {"cpu-period", "cpu", "period"},
          new String[] {"cpu-quota", "cpu", "quota"},
          new String[] {"cpu-burst", "cpu", "burst"},
          new String[] {"cpu-share", "cpu", "shares"},
          new String[] {"cpu-idle", "cpu", "idle"},
          new String[] {"cpu-rt-period", "cpu", "realtimePeriod"},
          new String[] {"cpu-rt-runtime", "cpu", "realtimeRuntime"},
          new String[] {"cpuset-cpus", "cpu", "cpus"},
          new String[] {"cpuset-mems", "cpu", "mems"},
          new String[] {"pids-limit", "pids", "limit"},
          new String[] {"blkio-weight", "blockIO", "weight"});

  private static final List<String> TEXTS = List.of("cpus", "mems");
  private static final List<String> OTHERS =
      List.of("resources", "l3-cache-schema", "mem-bw-schema");

  private UpdateFlags() {}

  static List<String> names() {
    List<String> names = new java.util.ArrayList<>(OTHERS);
    MEMBERS.forEach(member -> names.add(member[0]));
    return names;
  }

  /**
   * @param file what {@code --resources} names, read
   */
  static Fields resources(Flags flags, Optional<byte[]> file) {
    if (flags.value("l3-cache-schema").or(() -> flags.value("mem-bw-schema")).isPresent()) {
      throw new RuntimeFailure("update: intelRdt is not supported");
    }
    if (file.isPresent()) {
      return Json.parse(file.get(), "resources.json");
    }
    Map<String, Map<String, Object>> objects = new LinkedHashMap<>();
    for (String[] member : MEMBERS) {
      if (flags.value(member[0]).isPresent()) {
        objects
            .computeIfAbsent(member[1], name -> new LinkedHashMap<>())
            .put(member[2], value(flags, member));
      }
    }
    return new Fields(new LinkedHashMap<>(objects), "resources");
  }

  private static Object value(Flags flags, String[] member) {
    return TEXTS.contains(member[2])
        ? flags.value(member[0]).orElseThrow()
        : (Object) flags.number(member[0]).orElseThrow();
  }
}
