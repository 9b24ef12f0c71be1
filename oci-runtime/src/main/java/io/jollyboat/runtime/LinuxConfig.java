package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Propagation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What only Linux has (config-linux.md).
 *
 * @param namespaces those that are not the runtime's own: new ones, or, with a path, existing ones
 * @param resources as the file has them
 * @param seccomp likewise
 * @param sysctl by name, with dots
 */
record LinuxConfig(
    Map<Namespace, Optional<Path>> namespaces,
    IdMapping.Both ids,
    Optional<String> timeOffsets,
    List<Device> devices,
    Optional<String> cgroupsPath,
    Optional<Fields> resources,
    Optional<MountOptions.Relation> rootPropagation,
    Optional<Fields> seccomp,
    Map<String, String> sysctl,
    List<String> maskedPaths,
    List<String> readOnlyPaths,
    OptionalLong personality,
    Optional<MemoryPolicyConfig> memoryPolicy) {

  private static final Map<String, Namespace> KINDS =
      Map.of(
          "pid", Namespace.PID,
          "network", Namespace.NETWORK,
          "mount", Namespace.MOUNT,
          "ipc", Namespace.IPC,
          "uts", Namespace.UTS,
          "user", Namespace.USER,
          "cgroup", Namespace.CGROUP,
          "time", Namespace.TIME);

  private static final Path RESOURCE_CONTROL = Path.of("/sys/fs/resctrl/schemata");

  private static final Map<String, Long> PERSONALITIES = Map.of("LINUX", 0L, "LINUX32", 8L);

  /** The names by which the specification calls namespaces. */
  static List<String> kinds() {
    return KINDS.keySet().stream().sorted().toList();
  }

  /**
   * A node in /dev or elsewhere.
   *
   * @param type c, b or p
   */
  record Device(String path, char type, int major, int minor, OptionalInt mode, int uid, int gid) {}

  static LinuxConfig of(Fields linux) {
    linux.refuse("is not supported", "netDevices");
    linux.refuse(
        ProgramSteps.hasSelinux() ? "is not supported" : "this kernel has no SELinux",
        "mountLabel");
    linux.refuse(
        Files.exists(RESOURCE_CONTROL) ? "is not supported" : "no resctrl is mounted", "intelRdt");
    Map<Namespace, Optional<Path>> namespaces = namespaces(linux);
    IdMapping.Both ids = IdMapping.Both.of(linux);
    boolean newUsers = namespaces.getOrDefault(Namespace.USER, Optional.of(Path.of("/"))).isEmpty();
    if (newUsers != ids.isGiven()) {
      throw linux.error(
          "uidMappings", "mappings of both kinds and a new user namespace go together");
    }
    return new LinuxConfig(
        namespaces,
        ids,
        timeOffsets(linux, namespaces),
        linux.objects("devices").stream().map(LinuxConfig::device).toList(),
        linux.text("cgroupsPath"),
        linux.optionalObject("resources"),
        linux.text("rootfsPropagation").map(name -> relation(linux, name)),
        linux.optionalObject("seccomp"),
        linux.stringMap("sysctl"),
        linux.strings("maskedPaths"),
        linux.strings("readonlyPaths"),
        personality(linux),
        linux.optionalObject("memoryPolicy").map(MemoryPolicyConfig::of));
  }

  private static Map<Namespace, Optional<Path>> namespaces(Fields linux) {
    Map<Namespace, Optional<Path>> namespaces = new EnumMap<>(Namespace.class);
    for (Fields entry : linux.objects("namespaces")) {
      String type = entry.required("type");
      Namespace kind = KINDS.get(type);
      if (kind == null) {
        throw entry.error("type", "\"" + type + "\" is not a namespace: " + kinds());
      }
      Optional<Path> path = entry.text("path").map(Path::of);
      if (path.isPresent() && !path.get().isAbsolute()) {
        throw entry.error("path", "must be absolute, not \"" + path.get() + "\"");
      }
      if (namespaces.put(kind, path) != null) {
        throw entry.error("type", type + " is there twice");
      }
    }
    if (!namespaces.containsKey(Namespace.MOUNT)) {
      throw linux.error("namespaces", "a container needs a mount namespace");
    }
    return namespaces;
  }

  private static long number(Fields fields, String name) {
    return fields.number(name).orElseThrow(() -> fields.error(name, "is missing"));
  }

  private static Optional<String> timeOffsets(
      Fields linux, Map<Namespace, Optional<Path>> namespaces) {
    Optional<Fields> offsets = linux.optionalObject("timeOffsets");
    if (offsets.isPresent() && !Optional.empty().equals(namespaces.get(Namespace.TIME))) {
      throw linux.error("timeOffsets", "needs a new time namespace");
    }
    return offsets.map(
        clocks -> {
          StringBuilder lines = new StringBuilder();
          for (String clock : clocks.members().keySet()) {
            Fields offset = clocks.object(clock);
            lines.append(clock).append(' ').append(offset.number("secs").orElse(0));
            lines.append(' ').append(offset.number("nanosecs").orElse(0)).append('\n');
          }
          return lines.toString();
        });
  }

  private static Device device(Fields device) {
    String path = device.required("path");
    String type = device.required("type");
    if (!path.startsWith("/")) {
      throw device.error("path", "must be absolute, not \"" + path + "\"");
    }
    if (!List.of("c", "u", "b", "p").contains(type)) {
      throw device.error("type", "\"" + type + "\" is not one of c, u, b and p");
    }
    boolean fifo = type.equals("p");
    return new Device(
        Path.of(path).normalize().toString(),
        type.equals("u") ? 'c' : type.charAt(0),
        fifo ? 0 : (int) number(device, "major"),
        fifo ? 0 : (int) number(device, "minor"),
        device.small("fileMode"),
        device.small("uid").orElse(0),
        device.small("gid").orElse(0));
  }

  private static MountOptions.Relation relation(Fields linux, String name) {
    boolean recursive = name.startsWith("r");
    try {
      String plain = (recursive ? name.substring(1) : name).toUpperCase(java.util.Locale.ROOT);
      return new MountOptions.Relation(Propagation.valueOf(plain), recursive);
    } catch (IllegalArgumentException e) {
      throw linux.error(
          "rootfsPropagation", "\"" + name + "\" is not shared, slave, private or unbindable");
    }
  }

  private static OptionalLong personality(Fields linux) {
    Optional<Fields> personality = linux.optionalObject("personality");
    if (personality.isEmpty()) {
      return OptionalLong.empty();
    }
    Fields fields = personality.get();
    fields.refuse("has no flags that are supported", "flags");
    String domain = fields.required("domain");
    Long number = PERSONALITIES.get(domain);
    if (number == null) {
      throw fields.error("domain", "\"" + domain + "\" is neither LINUX nor LINUX32");
    }
    return OptionalLong.of(number);
  }

  /** Whether the container has a namespace of that kind that is made for it. */
  boolean isNew(Namespace kind) {
    return Optional.empty().equals(namespaces.get(kind));
  }

  /** The existing namespace of that kind that the container enters. */
  Optional<Path> joined(Namespace kind) {
    Optional<Path> path = namespaces.get(kind);
    return path == null ? Optional.empty() : path;
  }
}
