package io.jollyboat.engine;

import io.jollyboat.Probe;
import io.jollyboat.linux.syscall.NativeAccess;
import io.jollyboat.linux.userns.ProcessRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    rootSize(root);
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

  /**
   * JNA unpacks a library, which a file system without execution cannot give. Loading it takes
   * longer than all other questions together: it is done where the answer is in doubt.
   */
  private void nativeAccess() {
    Optional<String> problem = NativeAccess.isLikely() ? Optional.empty() : NativeAccess.problem();
    if (problem.isEmpty()) {
      findings.available("native access");
    } else {
      findings.missing(
          "native access",
          problem.get(),
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
      if (known || KernelModules.isInstalled("overlay")) {
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

  /** A writable layer of a chosen size is a file system of its own, on a loop device. */
  private void rootSize(boolean root) {
    boolean devices = Files.exists(Path.of("/dev/loop-control"));
    boolean program =
        Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin")
            .anyMatch(place -> Files.isExecutable(Path.of(place, "mkfs.ext4")));
    findings.either(
        root && devices && program,
        "root size",
        "rootSize() is refused: it takes a file system of its own (project quotas are not used), "
            + (root
                ? program ? "and there are no loop devices" : "and mkfs.ext4 is not installed"
                : "which only root of the machine may mount"),
        root
            ? program ? "as root: modprobe loop" : "as root: install the package e2fsprogs"
            : "run as root, or limit what is written by mounts: tmpfs has a size");
  }

  private void file(String name, String path, String reason, String remedy) {
    if (Files.exists(Path.of(path))) {
      findings.available(name);
    } else {
      findings.missing(name, reason, remedy);
    }
  }
}
