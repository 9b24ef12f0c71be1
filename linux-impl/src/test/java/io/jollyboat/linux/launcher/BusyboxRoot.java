package io.jollyboat.linux.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A small root file system of busybox, and the usual operations that make it a container's. */
public final class BusyboxRoot {

  /** Docker's fourteen capabilities. */
  public static final long CAPABILITIES = 0xa80425fbL;

  private static final List<String> PROGRAMS =
      List.of(
          "sh",
          "true",
          "false",
          "cat",
          "echo",
          "ls",
          "id",
          "sleep",
          "kill",
          "pwd",
          "mount",
          "stat",
          "readlink",
          "hostname",
          "dd",
          "head",
          "wc",
          "grep",
          "ip",
          "ifconfig",
          "mkdir",
          "chmod",
          "touch",
          "env",
          "ps",
          "yes",
          "seq",
          "test",
          "ln");

  private final Path directory;

  private BusyboxRoot(Path directory) {
    this.directory = directory;
  }

  /** Makes {@code layer}, {@code upper}, {@code work} and {@code mount} in {@code directory}. */
  public static BusyboxRoot in(Path directory) throws IOException {
    Path layer = directory.resolve("layer");
    for (String name : List.of("bin", "proc", "sys", "dev", "etc", "tmp")) {
      Files.createDirectories(layer.resolve(name));
    }
    for (String name : List.of("upper", "work", "mount", "empty")) {
      Files.createDirectories(directory.resolve(name));
    }
    Files.copy(Path.of("/bin/busybox"), layer.resolve("bin/busybox"));
    for (String program : PROGRAMS) {
      Files.createSymbolicLink(layer.resolve("bin/" + program), Path.of("busybox"));
    }
    return new BusyboxRoot(directory);
  }

  /** The image's files. */
  public Path layer() {
    return directory.resolve("layer");
  }

  /** Where changes go. */
  public Path upper() {
    return directory.resolve("upper");
  }

  /** Everything up to the mounts, the root among them. */
  public OperationsBuilder mounts() {
    Set<MountAttribute> safe =
        Set.of(MountAttribute.NO_SET_UID, MountAttribute.NO_DEVICES, MountAttribute.NO_EXECUTE);
    Set<MountAttribute> readOnly =
        Set.of(
            MountAttribute.READ_ONLY,
            MountAttribute.NO_SET_UID,
            MountAttribute.NO_DEVICES,
            MountAttribute.NO_EXECUTE);
    OperationsBuilder operations =
        Operations.builder()
            .unshare(Namespace.CGROUP)
            .separateMounts()
            .rootOverlay(overlay())
            .mount("proc", "proc", "/proc", "", safe, MountPoint.GUARDED)
            .mount(
                "tmpfs",
                "tmpfs",
                "/dev",
                "mode=755,size=65536k",
                Set.of(MountAttribute.NO_SET_UID, MountAttribute.STRICT_ACCESS_TIME),
                MountPoint.GUARDED)
            .mount(
                "devpts",
                "devpts",
                "/dev/pts",
                "newinstance,ptmxmode=0666,mode=0620,gid=5",
                Set.of(MountAttribute.NO_SET_UID, MountAttribute.NO_EXECUTE),
                MountPoint.CREATED)
            .mount("sysfs", "sysfs", "/sys", "", readOnly, MountPoint.GUARDED)
            .mount("mqueue", "mqueue", "/dev/mqueue", "", safe, MountPoint.CREATED)
            .mount("tmpfs", "shm", "/dev/shm", "mode=1777,size=65536k", safe, MountPoint.CREATED);
    devices(operations);
    protect(operations);
    return operations;
  }

  /** All of it, with the rights of a container that runs as root. */
  public Operations running(String... words) {
    return confined(mounts().pivot().hostname("box").workingDirectory("/"), words);
  }

  /** The rights and the program. */
  public static Operations confined(OperationsBuilder operations, String... words) {
    return operations
        .boundingSet(CAPABILITIES)
        .noNewPrivileges()
        .ids(0, 0, List.of())
        .capabilities(CapabilitySets.of(CAPABILITIES))
        .execute(List.of(words), List.of("PATH=/bin", "HOME=/root"));
  }

  private OverlayRoot overlay() {
    return new OverlayRoot(
        directory.resolve("mount").toString(),
        directory.toString(),
        List.of("layer", "empty"),
        Optional.of(new OverlayRoot.Writable("upper", "work")),
        List.of());
  }

  private static void devices(OperationsBuilder operations) {
    operations
        .device("/dev/null", 'c', 1, 3, 0666)
        .device("/dev/zero", 'c', 1, 5, 0666)
        .device("/dev/full", 'c', 1, 7, 0666)
        .device("/dev/random", 'c', 1, 8, 0666)
        .device("/dev/urandom", 'c', 1, 9, 0666)
        .device("/dev/tty", 'c', 5, 0, 0666)
        .symlink("pts/ptmx", "/dev/ptmx")
        .symlink("/proc/self/fd", "/dev/fd")
        .symlink("/proc/self/fd/0", "/dev/stdin")
        .symlink("/proc/self/fd/1", "/dev/stdout")
        .symlink("/proc/self/fd/2", "/dev/stderr");
  }

  private static void protect(OperationsBuilder operations) {
    List.of("acpi", "asound", "interrupts", "kcore", "keys", "latency_stats", "timer_list")
        .forEach(name -> operations.mask("/proc/" + name));
    List.of("timer_stats", "sched_debug", "scsi").forEach(name -> operations.mask("/proc/" + name));
    operations.mask("/sys/firmware").mask("/sys/devices/virtual/powercap");
    List.of("bus", "fs", "irq", "sys", "sysrq-trigger")
        .forEach(name -> operations.readOnly("/proc/" + name));
  }
}
