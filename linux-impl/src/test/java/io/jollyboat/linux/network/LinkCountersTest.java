package io.jollyboat.linux.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jollyboat.Size;
import io.jollyboat.Stats;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LinkCountersTest {
  @Test
  void parse_linksButLoopback() {
    String dev =
        """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo:     999       9    0    0    0     0          0         0      999       9    0    0    0     0       0          0
          eth0:    1500      10    1    2    0     0          0         0     3000      20    3    4    0     0       0          0
        """;
    assertEquals(
        Map.of("eth0", new Stats.Network(new Size(1500), 10, 1, 2, new Size(3000), 20, 3, 4)),
        LinkCounters.parse(dev));
  }

  @Test
  void of_aProcessThatIsGone_isAnError() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    try (Fd descriptor = ProcessCalls.openPid((int) process.pid())) {
      Pid pid = new Pid((int) process.pid(), descriptor);
      assertFalse(LinkCounters.of(pid).containsKey("lo"));
      process.destroyForcibly().waitFor();
      assertThrows(UncheckedIOException.class, () -> LinkCounters.of(pid));
    }
  }
}
