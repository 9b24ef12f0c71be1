package io.jollyboat.engine;

import io.jollyboat.Probe;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.linux.userns.ProcessRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds out what this machine allows, by looking at files only. What is missing keeps containers
 * from being started; what is degraded is refused, or done in another way, where it is asked for.
 */
final class MachineProbe {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final int FLOOR_MAJOR = 5;
  private static final int FLOOR_MINOR = 10;

  /** The first with overlays in user namespaces. */
  private static final int USERS_FLOOR_MINOR = 11;

  private final Findings findings = new Findings();

  private MachineProbe() {}

  /** Never throws. */
  static Probe look() {
    MachineProbe probe = new MachineProbe();
    if (!onLinux()) {
      probe.findings.missing(
          "linux",
          "containers need Linux, and this is " + System.getProperty("os.name"),
          "images can still be described, printed and moved; run them on Linux or in a virtual machine");
      return probe.findings.probe();
    }
    probe.findings.available("linux");
    try {
      probe.lookAtLinux(ProcessRights.ofThisProcess());
    } catch (RuntimeException e) {
      probe.findings.missing(
          "/proc", "it cannot be read: " + e.getMessage(), "mount it: mount -t proc proc /proc");
    }
    return probe.findings.probe();
  }

  private void lookAtLinux(ProcessRights rights) {
    boolean root = rights.isRootOfMachine();
    kernel();
    architecture();
    nativeAccess();
    memoryFiles();
    file(
        "namespaces",
        "/proc/self/ns/pid",
        "/proc is not mounted",
        "mount it: mount -t proc proc /proc");
    new PrivilegeProbe(rights, findings).look();
    overlay(root);
    storeFileSystem();
    new CgroupProbe(root, findings).look();
    file(
        "seccomp",
        "/proc/sys/kernel/seccomp/actions_avail",
        "the kernel cannot filter system calls",
        "boot a kernel with CONFIG_SECCOMP_FILTER");
    if (root) {
      packetRules();
    }
    new NetworkProbe(rights, findings).look();
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

  private static boolean isKernelAtLeast(int minor) {
    Matcher matcher = VERSION.matcher(System.getProperty("os.version", ""));
    if (!matcher.matches()) {
      return false;
    }
    int major = Integer.parseInt(matcher.group(1));
    return major > FLOOR_MAJOR
        || (major == FLOOR_MAJOR && Integer.parseInt(matcher.group(2)) >= minor);
  }

  private void kernel() {
    if (isKernelAtLeast(FLOOR_MINOR)) {
      findings.available("kernel");
    } else {
      findings.missing(
          "kernel",
          "the kernel is "
              + System.getProperty("os.version", "")
              + ", and 5.10 is the oldest that works",
          "boot a newer kernel");
    }
  }

  private void architecture() {
    String arch = System.getProperty("os.arch", "");
    if (List.of("amd64", "x86_64", "aarch64").contains(arch)) {
      findings.available("architecture");
    } else {
      findings.missing("architecture", "there is no launcher for " + arch, "use x86_64 or aarch64");
    }
  }

  /** JNA unpacks a library, which a file system without execution cannot give. */
  private void nativeAccess() {
    try {
      TreeCalls.effectiveUser();
      findings.available("native access");
    } catch (LinkageError e) {
      findings.missing(
          "native access",
          "JNA cannot load its library: " + e.getMessage(),
          "name a directory in which files may be executed: -Djna.tmpdir=DIRECTORY; on Java 24 and"
              + " later also --enable-native-access=ALL-UNNAMED");
    }
  }

  private void memoryFiles() {
    findings.either(
        !Findings.text("/proc/sys/vm/memfd_noexec").equals("2"),
        "executable memory files",
        "vm.memfd_noexec is 2: each start writes a copy of the launcher into the engine's root,"
            + " which must be on a file system that allows execution",
        "as root: sysctl -w vm.memfd_noexec=1");
  }

  private void overlay(boolean root) {
    if (!root && !isKernelAtLeast(USERS_FLOOR_MINOR)) {
      findings.missing(
          "overlay",
          "overlays in user namespaces came with Linux 5.11, and this is "
              + System.getProperty("os.version", ""),
          "boot a newer kernel, or run as root");
      return;
    }
    try {
      boolean known =
          Files.readAllLines(Path.of("/proc/filesystems")).stream()
              .anyMatch(line -> line.strip().endsWith("overlay"));
      if (known || isModule("overlay")) {
        findings.available("overlay");
      } else {
        findings.missing(
            "overlay",
            "the kernel has no overlay file system",
            "load its module: modprobe overlay");
      }
    } catch (IOException e) {
      findings.missing("overlay", "/proc/filesystems cannot be read: " + e, "mount /proc");
    }
  }

  /** As in a container, whose root is an overlay: the kernel refuses to put one upon another. */
  private void storeFileSystem() {
    Path usual = DefaultRoot.usual();
    Path root = DefaultRoot.find();
    boolean nowhere = DefaultRoot.isOnOverlay(root);
    findings.either(
        usual.equals(root) && !nowhere,
        "store",
        "the usual root "
            + usual
            + " lies on an overlay, and no container can write over one: "
            + (nowhere ? "containers are refused" : root + " is used, which may be gone tomorrow"),
        "mount a volume there, or name a directory of another file system by"
            + " Engine.builder().root(path)");
  }

  private void packetRules() {
    try {
      findings.either(
          Files.exists(Path.of("/proc/net/netfilter")) || isModule("nf_tables"),
          "nf_tables",
          "the kernel shows no packet filter",
          "load its module: modprobe nf_tables; without it containers on the bridge reach this"
              + " machine only");
    } catch (IOException e) {
      findings.degraded(
          "nf_tables", "the kernel's modules cannot be listed: " + e, "mount /lib/modules");
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
      findings.available(name);
    } else {
      findings.missing(name, reason, remedy);
    }
  }
}
