package io.jollyboat.linux.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.BusyboxRoot;
import io.jollyboat.linux.launcher.MountAttribute;
import io.jollyboat.linux.launcher.MountPoint;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.OverlayRoot;
import io.jollyboat.linux.launcher.RequiresRoot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kernels before 5.12, which lack mount_setattr(2): a filter answers ENOSYS for it before anything
 * is mounted.
 */
@ExtendWith(RequiresRoot.class)
final class OldKernelMountsTest {
  private static final Set<Namespace> NAMESPACES = Set.of(Namespace.MOUNT, Namespace.PID);
  private static final int MOUNT_SETATTR = 442;
  private static final int ENOSYS = 38;

  @Test
  void readOnlyBind_withMountsBelow_isReadOnlyAllOver(@TempDir Path directory) throws Exception {
    BusyboxRoot root = BusyboxRoot.in(directory);
    Path host = directory.resolve("host dir");
    Path below = Files.createDirectories(host.resolve("a b/below"));
    mount("tmpfs", below, "nosuid,noexec");
    try {
      Path deeper = Files.createDirectory(below.resolve("deeper"));
      mount("tmpfs", deeper, "rw");
      mount("tmpfs", deeper, "rw"); // one on top of another
      try {
        Files.createDirectory(root.layer().resolve("given"));
        String out = run(directory, host);
        assertEquals(3, out.split("Read-only file system", -1).length - 1, out);
        String attributes =
            out.lines().filter(l -> l.contains("/below ")).findFirst().orElseThrow();
        assertTrue(attributes.contains("ro,nosuid,noexec"), "others are kept: " + attributes);
      } finally {
        unmount(deeper);
        unmount(deeper);
      }
    } finally {
      unmount(below);
    }
  }

  private static String run(Path directory, Path host) throws Exception {
    String script =
        "touch /given/x; touch '/given/a b/below/x'; touch '/given/a b/below/deeper/x';"
            + " cat /proc/self/mounts; true";
    Path own = Files.createDirectory(directory.resolve("processes"));
    Path log = own.resolve("log");
    try (Processes processes = Processes.open(own);
        MonitoredProcess process =
            processes.start(
                new ProcessRequest(operations(directory, host, script), log)
                    .namespaces(NAMESPACES))) {
      assertEquals(0, process.onExit().get(30, TimeUnit.SECONDS).code());
      return process.logs();
    }
  }

  private static Operations operations(Path directory, Path host, String script) {
    OperationsBuilder operations =
        Operations.builder()
            .separateMounts()
            .seccomp(withoutMountSetattr(), 0)
            .rootOverlay(
                new OverlayRoot(
                    directory.resolve("mount").toString(),
                    directory.toString(),
                    List.of("layer"),
                    Optional.of(new OverlayRoot.Writable("upper", "work")),
                    List.of()))
            .mount("proc", "proc", "/proc", "", Set.of(), MountPoint.GUARDED)
            .mount("tmpfs", "tmpfs", "/dev", "", Set.of(), MountPoint.GUARDED)
            .device("/dev/null", 'c', 1, 3, 0666)
            .bind(
                host.toString(),
                "/given",
                Set.of(MountAttribute.READ_ONLY),
                true,
                MountPoint.GUARDED)
            .pivot()
            .workingDirectory("/");
    return operations.execute(List.of("sh", "-c", script + " 2>&1"), List.of("PATH=/bin"));
  }

  /** Load the number; this one gives an error, all others are allowed. */
  private static byte[] withoutMountSetattr() {
    ByteBuffer program = ByteBuffer.allocate(4 * 8).order(ByteOrder.LITTLE_ENDIAN);
    program.putShort((short) 0x20).putShort((short) 0).putInt(0);
    program.putShort((short) 0x15).put((byte) 0).put((byte) 1).putInt(MOUNT_SETATTR);
    program.putShort((short) 0x06).putShort((short) 0).putInt(0x5_0000 | ENOSYS);
    program.putShort((short) 0x06).putShort((short) 0).putInt(0x7fff_0000);
    return program.array();
  }

  private static void mount(String type, Path at, String options) throws Exception {
    run("mount", "--make-private", "-t", type, "-o", options, type, at.toString());
  }

  private static void unmount(Path at) throws Exception {
    run("umount", at.toString());
  }

  private static void run(String... words) throws IOException, InterruptedException {
    assertEquals(
        0, new ProcessBuilder(words).inheritIO().start().waitFor(), List.of(words)::toString);
  }
}
