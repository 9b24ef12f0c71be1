package io.jollyboat.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A configuration to start from: a shell on a read-only root, with Docker's defaults. */
final class SpecFile {
  private static final List<String> CAPABILITIES =
      List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");

  private SpecFile() {}

  static void write(Path bundle, boolean rootless) {
    Path file = bundle.resolve("config.json");
    try {
      Files.writeString(
          file,
          Json.writePretty(document(rootless)) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new RuntimeFailure("file " + file + " exists: remove it first", e);
    } catch (IOException e) {
      throw new RuntimeFailure("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> document(boolean rootless) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("ociVersion", Program.SPECIFICATION);
    config.put("process", process());
    config.put("root", Map.of("path", "rootfs", "readonly", true));
    config.put("hostname", "jollyboat");
    config.put("mounts", mounts(rootless));
    config.put("linux", linux(rootless));
    return config;
  }

  private static Map<String, Object> process() {
    Map<String, Object> process = new LinkedHashMap<>();
    process.put("terminal", true);
    process.put("user", Map.of("uid", 0, "gid", 0));
    process.put("args", List.of("sh"));
    process.put(
        "env",
        List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"));
    process.put("cwd", "/");
    Map<String, Object> sets = new LinkedHashMap<>();
    List.of("bounding", "effective", "permitted").forEach(set -> sets.put(set, CAPABILITIES));
    process.put("capabilities", sets);
    process.put("rlimits", List.of(Map.of("type", "RLIMIT_NOFILE", "hard", 1024, "soft", 1024)));
    process.put("noNewPrivileges", true);
    return process;
  }

  private static List<Object> mounts(boolean rootless) {
    String terminals = "newinstance,ptmxmode=0666,mode=0620" + (rootless ? "" : ",gid=5");
    return List.of(
        mount("/proc", "proc", "proc", ""),
        mount("/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"),
        mount("/dev/pts", "devpts", "devpts", "nosuid,noexec," + terminals),
        mount("/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=65536k"),
        mount("/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"),
        rootless
            ? mount("/sys", "none", "/sys", "rbind,nosuid,noexec,nodev,ro")
            : mount("/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro"),
        mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid,noexec,nodev,relatime,ro"));
  }

  private static Map<String, Object> mount(
      String target, String type, String source, String options) {
    Map<String, Object> mount = new LinkedHashMap<>();
    mount.put("destination", target);
    mount.put("type", type);
    mount.put("source", source);
    if (!options.isEmpty()) {
      mount.put("options", List.of(options.split(",")));
    }
    return mount;
  }

  private static Map<String, Object> linux(boolean rootless) {
    Map<String, Object> linux = new LinkedHashMap<>();
    List<Object> namespaces = new java.util.ArrayList<>();
    List.of("pid", "ipc", "uts", "mount", "cgroup")
        .forEach(type -> namespaces.add(Map.of("type", type)));
    if (rootless) {
      namespaces.add(Map.of("type", "user"));
      linux.put("uidMappings", List.of(mapping("unix:uid")));
      linux.put("gidMappings", List.of(mapping("unix:gid")));
    } else {
      namespaces.add(Map.of("type", "network"));
      linux.put("resources", Map.of("devices", List.of(Map.of("allow", false, "access", "rwm"))));
    }
    linux.put("namespaces", namespaces);
    linux.put(
        "maskedPaths",
        List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/sys/firmware",
            "/proc/scsi"));
    linux.put(
        "readonlyPaths",
        List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"));
    return linux;
  }

  private static Map<String, Object> mapping(String attribute) {
    try {
      Object own = Files.getAttribute(Path.of("/proc/self"), attribute);
      return Map.of("containerID", 0, "hostID", own, "size", 1);
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read the owner of /proc/self: " + e.getMessage(), e);
    }
  }
}
