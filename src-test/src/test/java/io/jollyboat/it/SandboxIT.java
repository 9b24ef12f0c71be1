package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is let in with a stranger's code: less than by default. */
@EveryKernel
@IntegrationTest
class SandboxIT {
  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static ContainerSpec sandbox() {
    return ContainerSpec.sandbox(Image.from(TestImages.BUSYBOX));
  }

  private static String sh(String script) {
    try (Engine engine = store.open()) {
      return Result.sh(engine, sandbox(), script);
    }
  }

  @Test
  void rights_ofASandbox_areNone() throws IOException {
    String status = sh("cat /proc/self/status");
    for (String set : new String[] {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
      assertTrue(status.contains(set + ":\t0000000000000000\n"), status);
    }
    assertTrue(status.contains("NoNewPrivs:\t1\n"), status);
    assertTrue(status.contains("Seccomp:\t2\n"), status);
    String here = Files.readSymbolicLink(Path.of("/proc/self/ns/user")).toString();
    assertNotEquals(here, sh("readlink /proc/self/ns/user").strip());
  }

  @Test
  void network_ofASandbox_isALoopback() {
    assertEquals("lo\n", sh("ls /sys/class/net"));
  }

  @Test
  void files_ofASandbox_canBeWrittenInTmpAndDevOnly() {
    assertEquals(
        "/dev\n/dev/shm\n/tmp\n",
        sh(
            "for d in / /bin /dev /dev/shm /etc /home /proc /root /run /sys /tmp /usr /var /var/tmp;"
                + " do touch $d/new 2>/dev/null && echo $d; done; true"));
  }

  @Tag(EveryKernel.DELEGATED)
  @Test
  void limits_ofASandbox_areOn() {
    String limits =
        sh(
            "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max"
                + " /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null; true");
    assertEquals((256L << 20) + "\n64\n", limits);
  }

  @Test
  void tmp_ofASandbox_isBounded() {
    try (Engine engine = store.open()) {
      Result result =
          Result.of(engine, sandbox().command("dd", "if=/dev/zero", "of=/tmp/x", "bs=1M"));
      assertTrue(result.err().contains("No space left on device"), result::toString);
    }
  }
}
