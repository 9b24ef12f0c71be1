package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.NetworkMode;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a caller gives the steps of a build. */
@IntegrationTest
class BuildStepsIT {
  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @Test
  @EveryKernel
  void run_withLimitsHostsAndNoNetwork_seesThemAndTheImageDoesNot() throws UnknownHostException {
    InetAddress database = InetAddress.getByName("192.0.2.7");
    Image image =
        Image.from(TestImages.BUSYBOX)
            .run(
                "{ ulimit -n; df -k /dev/shm | tail -1 | awk '{print $2}'; grep database /etc/hosts;"
                    + " ls /sys/class/net; } > /seen");
    try (Engine engine = store.open()) {
      StoredImage built =
          engine.build(
              image,
              build ->
                  build.steps(
                      step ->
                          step.ulimit("nofile", 77, 99)
                              .shm(Size.mib(3))
                              .host("database", database)
                              .network(NetworkMode.NONE)));
      assertEquals(
          List.of("77", "3072", "192.0.2.7 database", "lo"),
          Result.sh(engine, Specs.alone(built.id()), "cat /seen").lines().toList());
      String hosts = Result.sh(engine, Specs.alone(built.id()), "cat /etc/hosts");
      assertFalse(hosts.contains("database"), hosts);
      assertEquals(built.id(), engine.build(image).id());
    }
  }

  @Test
  @EveryKernel
  void run_thatNeedsMoreThanItsMemory_failsAndSaysSo() {
    Image greedy =
        Image.from(TestImages.BUSYBOX)
            .run("head -c 100000000 /dev/zero | tail -c 90000000 >/dev/null");
    try (Engine engine = store.open()) {
      BuildException failure =
          assertThrows(
              BuildException.class,
              () -> engine.build(greedy, build -> build.steps(step -> step.memory(Size.mib(16)))));
      assertTrue(
          String.valueOf(failure.getMessage()).contains("out of memory"), failure.getMessage());
    }
  }

  @Test
  @EveryKernel
  void run_withMoreProcessesThanItsLimit_cannotHaveThem() {
    Image many =
        Image.from(TestImages.BUSYBOX)
            .run("for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1 & done; wait");
    try (Engine engine = store.open()) {
      BuildException failure =
          assertThrows(
              BuildException.class,
              () -> engine.build(many, build -> build.steps(step -> step.pids(5))));
      assertTrue(failure.output().contains("fork"), failure.output());
    }
  }
}
