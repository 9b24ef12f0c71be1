package io.jollyboat.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class PidTest {

  @Test
  void open_runningProcess_opensItsFile() throws Exception {
    Process process = new ProcessBuilder("sleep", "100").start();
    try (Fd descriptor = ProcessCalls.openPid((int) process.pid())) {
      Pid pid = new Pid((int) process.pid(), descriptor);

      try (Fd file = pid.open("ns/net", OpenFlags.O_RDONLY)) {
        assertEquals(
            Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/ns/net")),
            Files.readSymbolicLink(Path.of(file.path())));
      }
      assertTrue(pid.isRunning());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void open_numberOfAnotherProcessByNow_isRefused() throws Exception {
    Process ended = new ProcessBuilder("sleep", "100").start();
    Process other = new ProcessBuilder("sleep", "100").start();
    try (Fd descriptor = ProcessCalls.openPid((int) ended.pid())) {
      ended.destroyForcibly().waitFor();
      // The kernel gives a number again only after all others: the other process stands for it.
      Pid reused = new Pid((int) other.pid(), descriptor);

      KernelException e =
          assertThrows(
              KernelException.class, () -> reused.open("ns/net", OpenFlags.O_RDONLY).close());

      assertTrue(e.is(Errno.ESRCH), e.toString());
      assertFalse(reused.isRunning());
    } finally {
      other.destroyForcibly().waitFor();
    }
  }
}
