package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ContainerState.Status;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.Health;
import io.jollyboat.Wait;
import io.jollyboat.dockerfile.Healthcheck;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Containers that are stopped where they are, and what can be done to them then. */
@EveryKernel
@Tag(EveryKernel.DELEGATED)
@IntegrationTest
class PauseIT {
  private static final String COUNT = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done";

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static ContainerSpec counting() {
    return Specs.busybox().command("sh", "-c", COUNT).readyWhen(Wait.forLog("3"));
  }

  @Test
  void pause_thenUnpause_nothingRunsInBetween() throws InterruptedException {
    try (Engine engine = store.open();
        Container container = engine.run(counting())) {
      container.pause();
      Thread.sleep(50); // what was written before is in the log by then
      String logs = container.logs();
      Thread.sleep(300);
      assertEquals(logs, container.logs());
      assertTrue(container.running());
      assertEquals(Status.PAUSED, container.state().status());
      container.unpause();
      assertEquals(Status.RUNNING, container.state().status());
      while (container.logs().equals(logs)) {
        Thread.sleep(5);
      }
    }
  }

  @Test
  void paused_killed_ends() {
    try (Engine engine = store.open();
        Container container = engine.run(counting())) {
      container.pause();
      container.kill("KILL");
      assertEquals(OptionalInt.of(9), container.awaitExit(Duration.ofSeconds(10)).signal());
    }
  }

  @Test
  void paused_stopped_hearsItsSignal() {
    String polite = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    ContainerSpec spec =
        Specs.busybox().command("sh", "-c", polite).readyWhen(Wait.forLog("ready"));
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      container.pause();
      ExitStatus exit = container.stop(Duration.ofSeconds(20));
      assertEquals(3, exit.code());
      assertTrue(container.logs().endsWith("bye\n"), container.logs());
    }
  }

  @Test
  void paused_stoppedDeaf_isKilled() {
    String deaf = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
    ContainerSpec spec = Specs.busybox().command("sh", "-c", deaf).readyWhen(Wait.forLog("ready"));
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      container.pause();
      assertEquals(OptionalInt.of(9), container.stop(Duration.ofMillis(200)).signal());
    }
  }

  @Test
  void paused_closed_isGoneWithAllThatRanBeside() {
    try (Engine engine = store.open()) {
      Container container = engine.run(counting());
      assertEquals(0, container.exec("sh", "-c", "sleep 3600 >/dev/null 2>&1 &").code());
      container.pause();
      container.close();
      assertEquals(List.of(), engine.containers().list());
    }
  }

  @Test
  void paused_engineClosed_isGone() {
    Engine engine = store.open();
    Container container = engine.run(counting());
    container.pause();
    engine.close();
    assertFalse(container.running());
  }

  @Test
  void paused_signal_isHeardOnceItRunsAgain() throws InterruptedException {
    String polite = "trap 'echo heard; exit 4' USR1; echo ready; while :; do sleep 0.05; done";
    ContainerSpec spec =
        Specs.busybox().command("sh", "-c", polite).readyWhen(Wait.forLog("ready"));
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      container.pause();
      container.kill("USR1");
      Thread.sleep(200);
      assertTrue(container.running());
      container.unpause();
      assertEquals(4, container.awaitExit().code());
    }
  }

  @Test
  void paused_timeLimit_stillEndsIt() {
    try (Engine engine = store.open();
        Container container = engine.run(counting().timeLimit(Duration.ofSeconds(2)))) {
      container.pause();
      assertTrue(container.awaitExit(Duration.ofSeconds(30)).timeLimit());
    }
  }

  @Test
  void paused_withAHealthCheck_isNotFoundIll() throws InterruptedException {
    ContainerSpec spec =
        counting()
            .health(
                Healthcheck.exec("true")
                    .interval(Duration.ofMillis(50))
                    .timeout(Duration.ofMillis(200))
                    .retries(1));
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      while (container.state().health().orElseThrow().status() != Health.Status.HEALTHY) {
        Thread.sleep(5);
      }
      container.pause();
      Thread.sleep(1000);
      assertEquals(Health.Status.HEALTHY, container.state().health().orElseThrow().status());
      container.unpause();
      Thread.sleep(500);
      assertEquals(Health.Status.HEALTHY, container.state().health().orElseThrow().status());
    }
  }

  @Test
  void exec_inAPausedOne_isRefusedAndDoesNotHang() {
    try (Engine engine = store.open();
        Container container = engine.run(counting())) {
      container.pause();
      ConflictException e = assertThrows(ConflictException.class, () -> container.exec("true"));
      assertTrue(String.valueOf(e.getMessage()).contains("unpause()"), e::toString);
      container.unpause();
      assertEquals(0, container.exec("true").code());
    }
  }

  @Test
  void pause_inTheWrongState_isAConflict() {
    try (Engine engine = store.open();
        Container container = engine.run(counting())) {
      assertThrows(ConflictException.class, container::unpause);
      container.pause();
      assertThrows(ConflictException.class, container::pause);
      container.kill("KILL");
      ExitStatus unused = container.awaitExit();
      assertThrows(ConflictException.class, container::pause);
      assertThrows(ConflictException.class, container::unpause);
    }
  }

  @Test
  void pause_whileItIsClosed_leavesNothing() {
    try (Engine engine = store.open()) {
      for (int round = 0; round < 20; round++) {
        Container container = engine.run(Specs.busybox().command("sleep", "3600"));
        CompletableFuture<Void> pausing =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    container.pause();
                  } catch (ConflictException | ContainerException closed) {
                    return; // that is the race
                  }
                });
        container.close();
        pausing.join();
      }
      assertEquals(List.of(), engine.containers().list());
    }
  }

  @Test
  void paused_jvmKilled_dies() throws Exception {
    String marker = String.valueOf(2_000_000 + ProcessHandle.current().pid());
    try (EngineJvm jvm = EngineJvm.running(store.root(), "sleep", marker)) {
      ProcessHandle sleep = awaitProcess(marker);
      freeze(sleep.pid());
      jvm.kill();
      sleep.onExit().join();
    }
    try (Engine engine = store.open()) {
      assertEquals(List.of(), engine.containers().list());
    }
  }

  @Test
  void paused_monitorKilled_dies() throws Exception {
    String marker = String.valueOf(3_000_000 + ProcessHandle.current().pid());
    try (Engine engine = store.open();
        Container container = engine.run(Specs.busybox().command("sleep", marker))) {
      ProcessHandle sleep = awaitProcess(marker);
      container.pause();
      ProcessHandle monitor = sleep.parent().orElseThrow();
      assertTrue(monitor.destroyForcibly());
      assertEquals(OptionalInt.of(9), container.awaitExit(Duration.ofSeconds(10)).signal());
      sleep.onExit().join();
    }
  }

  private static ProcessHandle awaitProcess(String marker) throws InterruptedException {
    while (true) {
      List<ProcessHandle> found =
          ProcessHandle.allProcesses().filter(process -> runs(process, marker)).toList();
      if (!found.isEmpty()) {
        return found.get(0);
      }
      Thread.sleep(5);
    }
  }

  private static boolean runs(ProcessHandle process, String marker) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .equals("sleep\0" + marker + "\0");
    } catch (IOException ended) {
      return false;
    }
  }

  /** As that JVM's own pause would. */
  private static void freeze(long pid) throws IOException, InterruptedException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/cgroup"))) {
      String line =
          lines
              .filter(l -> Resource.V2 ? l.startsWith("0::") : l.contains(":freezer:"))
              .findFirst()
              .orElseThrow();
      String path = line.substring(line.lastIndexOf(':') + 2);
      Path group = Path.of("/sys/fs/cgroup", Resource.V2 ? "" : "freezer").resolve(path);
      Path file = group.resolve(Resource.V2 ? "cgroup.freeze" : "freezer.state");
      Files.writeString(file, Resource.V2 ? "1" : "FROZEN");
      Path state = group.resolve(Resource.V2 ? "cgroup.events" : "freezer.state");
      while (!Files.readString(state).contains(Resource.V2 ? "frozen 1" : "FROZEN")) {
        Thread.sleep(5);
      }
    }
  }
}
