package io.jollyboat.engine;

import io.jollyboat.Probe;
import io.jollyboat.Probe.Capability;
import io.jollyboat.Probe.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds out what this machine allows, by looking at files only. */
final class MachineProbe {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final int FLOOR_MAJOR = 5;
  private static final int FLOOR_MINOR = 10;

  private final List<Capability> capabilities = new ArrayList<>();

  private MachineProbe() {}

  /** Never throws. */
  static Probe look() {
    MachineProbe probe = new MachineProbe();
    if (!onLinux()) {
      probe.missing(
          "linux",
          "containers need Linux, and this is " + System.getProperty("os.name"),
          "images can still be described, printed and moved; run them on Linux or in a virtual machine");
      return new Probe(probe.capabilities);
    }
    probe.available("linux");
    probe.kernel();
    probe.architecture();
    probe.root();
    probe.fileSystem(
        "overlay", "the kernel has no overlay file system", "load its module: modprobe overlay");
    probe.cgroups();
    probe.file(
        "namespaces",
        "/proc/self/ns/pid",
        "/proc is not mounted",
        "mount it: mount -t proc proc /proc");
    probe.seccomp();
    probe.packetRules();
    return new Probe(probe.capabilities);
  }

  static boolean onLinux() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
  }

  static boolean isRoot() {
    return effectiveUser() == 0;
  }

  private static int effectiveUser() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("Uid:")) {
          return Integer.parseInt(line.strip().split("\\s+")[2]);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return -1; // unknown: treated as an ordinary user
    }
    return -1;
  }

  private void kernel() {
    String release = System.getProperty("os.version", "");
    Matcher matcher = VERSION.matcher(release);
    boolean recent =
        matcher.matches()
            && (Integer.parseInt(matcher.group(1)) > FLOOR_MAJOR
                || (Integer.parseInt(matcher.group(1)) == FLOOR_MAJOR
                    && Integer.parseInt(matcher.group(2)) >= FLOOR_MINOR));
    if (recent) {
      available("kernel");
    } else {
      missing(
          "kernel",
          "the kernel is " + release + ", and 5.10 is the oldest that works",
          "boot a newer kernel");
    }
  }

  private void architecture() {
    String arch = System.getProperty("os.arch", "");
    if (List.of("amd64", "x86_64", "aarch64").contains(arch)) {
      available("architecture");
    } else {
      missing("architecture", "there is no launcher for " + arch, "use x86_64 or aarch64");
    }
  }

  private void root() {
    if (isRoot()) {
      available("root");
    } else {
      available("root");
    }
  }

  private void cgroups() {
    try {
      boolean mounted =
          Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
              .anyMatch(line -> line.contains(" - cgroup ") || line.contains(" - cgroup2 "));
      if (mounted) {
        available("cgroups");
      } else {
        missing(
            "cgroups",
            "no cgroup hierarchy is mounted",
            "mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup");
      }
    } catch (IOException e) {
      missing("cgroups", "/proc/self/mountinfo cannot be read: " + e, "mount /proc");
    }
  }

  private void seccomp() {
    file(
        "seccomp",
        "/proc/sys/kernel/seccomp/actions_avail",
        "the kernel cannot filter system calls",
        "boot a kernel with CONFIG_SECCOMP_FILTER");
  }

  private void packetRules() {
    try {
      if (Files.exists(Path.of("/proc/net/netfilter")) || isModule("nf_tables")) {
        available("nf_tables");
        return;
      }
    } catch (IOException e) {
      degraded("nf_tables", "the kernel's modules cannot be listed: " + e, "");
      return;
    }
    degraded(
        "nf_tables",
        "the kernel shows no packet filter",
        "load its module: modprobe nf_tables; without it containers on the bridge reach this machine"
            + " only");
  }

  private void fileSystem(String name, String reason, String remedy) {
    try {
      boolean known =
          Files.readAllLines(Path.of("/proc/filesystems")).stream()
              .anyMatch(line -> line.strip().endsWith(name));
      if (known || isModule(name)) {
        available(name);
      } else {
        missing(name, reason, remedy);
      }
    } catch (IOException e) {
      missing(name, "/proc/filesystems cannot be read: " + e, "mount /proc");
    }
  }

  /** Whether the kernel loads a module of that name when it is first needed. */
  private static boolean isModule(String name) throws IOException {
    Path modules = Path.of("/lib/modules", System.getProperty("os.version", ""), "modules.dep");
    if (!Files.isReadable(modules)) {
      return false;
    }
    Pattern line = Pattern.compile(".*/" + name + "\\.ko(\\.\\w+)?:.*");
    try (Stream<String> lines = Files.lines(modules)) {
      return lines.anyMatch(text -> line.matcher(text).matches());
    }
  }

  private void file(String name, String path, String reason, String remedy) {
    if (Files.exists(Path.of(path))) {
      available(name);
    } else {
      missing(name, reason, remedy);
    }
  }

  private void available(String name) {
    capabilities.add(new Capability(name, Status.AVAILABLE, "", ""));
  }

  private void degraded(String name, String reason, String remedy) {
    capabilities.add(new Capability(name, Status.DEGRADED, reason, remedy));
  }

  private void missing(String name, String reason, String remedy) {
    capabilities.add(new Capability(name, Status.MISSING, reason, remedy));
  }
}
