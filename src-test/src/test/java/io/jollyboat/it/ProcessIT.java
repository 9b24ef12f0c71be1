package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExecResult;
import io.jollyboat.ExitStatus;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Size;
import io.jollyboat.Wait;
import io.jollyboat.WaitTimeoutException;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exit status, signals, streams, limits and waits of a container's processes. */
@EveryKernel
@Tag(EveryKernel.DELEGATED)
@IntegrationTest
class ProcessIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

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
  void exitStatus_ofACommand_isItsCode() {
    ExitStatus status = run(sh("exit 42")).status();
    assertEquals(42, status.code());
    assertEquals(OptionalInt.empty(), status.signal());
  }

  @Test
  void exitStatus_afterASignal_saysWhich() {
    try (Engine engine = store.open();
        Container container = engine.run(Specs.busybox().command("sleep", "60"))) {
      container.kill("KILL");
      ExitStatus status = container.awaitExit(LIMIT);
      assertEquals(137, status.code());
      assertEquals(OptionalInt.of(9), status.signal());
      assertFalse(status.outOfMemory());
    }
  }

  @Test
  void signal_withATrap_reachesTheFirstProcess() {
    String script = "trap 'echo caught; exit 7' USR1; echo ready; while :; do sleep 0.1; done";
    try (Engine engine = store.open();
        Container container = engine.run(sh(script).readyWhen(Wait.forLog("ready")))) {
      container.kill("SIGUSR1");
      assertEquals(7, container.awaitExit(LIMIT).code());
      assertEquals("ready\ncaught\n", container.logs());
    }
  }

  @Test
  void stop_ofAProcessThatIgnoresTheSignal_killsAfterTheGrace() {
    try (Engine engine = store.open();
        Container container =
            engine.run(
                sh("trap '' TERM; echo ready; while :; do sleep 1; done")
                    .readyWhen(Wait.forLog("ready")))) {
      ExitStatus status = container.stop(Duration.ofMillis(300));
      assertEquals(137, status.code());
      assertFalse(container.running());
    }
  }

  @Test
  void streams_ofACommand_areApart() {
    Result result = run(sh("echo to out; echo to err >&2"));
    assertEquals("to out\n", result.out());
    assertEquals("to err\n", result.err());
  }

  @Test
  void output_ofManyBytes_arrivesWhole() {
    Result result = run(sh("head -c 5000000 /dev/zero | tr '\\0' x"));
    assertEquals(5_000_000, result.out().length());
  }

  @Test
  void stdin_ofAnInteractiveContainer_isReadToItsEnd() throws IOException {
    try (Engine engine = store.open();
        Container container =
            engine.run(Specs.busybox().interactive().command("sh", "-c", "cat; echo end"))) {
      try (OutputStream in = container.stdin()) {
        in.write("words\n".getBytes(StandardCharsets.UTF_8));
      }
      assertEquals(0, container.awaitExit(LIMIT).code());
      assertEquals("words\nend\n", container.logs());
    }
  }

  @Test
  void stdin_ofAnyOtherContainer_isEmpty() {
    try (Engine engine = store.open();
        Container container = engine.run(Specs.busybox().command("cat"))) {
      assertEquals(0, container.awaitExit(LIMIT).code());
      assertThrows(ConflictException.class, container::stdin);
    }
  }

  @Test
  void exec_inARunningContainer_givesCodeAndStreams() {
    try (Engine engine = store.open();
        Container container = engine.run(Specs.busybox().env("WHO", "me").command("sleep", "60"))) {
      ExecResult result = container.exec("sh", "-c", "echo $WHO; echo no >&2; exit 3");
      assertEquals(3, result.code());
      assertEquals("me\n", result.out());
      assertEquals("no\n", result.err());
      assertFalse(result.truncated());
      assertEquals("sleep", container.exec("cat", "/proc/1/comm").out().strip());
    }
  }

  @Test
  void memory_beyondTheLimit_endsTheProcessAndSaysSo() {
    ContainerSpec spec = sh("head -c 200000000 /dev/zero | tail >/dev/null").memory(Size.mib(16));
    ExitStatus status = run(spec).status();
    assertTrue(status.outOfMemory(), status.toString());
    assertTrue(status.code() != 0, status.toString());
  }

  @Test
  void memory_limit_isWhatTheContainerSees() {
    String file =
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true";
    assertTrue(run(sh(file).memory(Size.mib(64))).out().contains("67108864"));
  }

  @Test
  void processes_beyondTheLimit_areRefused() {
    String script = "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 5 & done; wait";
    Result result = run(sh(script).pids(5).timeLimit(Duration.ofSeconds(10)));
    assertTrue(result.err().contains("fork"), result.toString());
  }

  @Test
  void timeLimit_whenPassed_endsTheContainerAndSaysSo() {
    ExitStatus status =
        run(Specs.busybox().timeLimit(Duration.ofMillis(300)).command("sleep", "60")).status();
    assertTrue(status.timeLimit(), status.toString());
    assertEquals(137, status.code());
  }

  @Test
  void awaitExit_withATimeout_leavesTheContainerRunning() {
    try (Engine engine = store.open();
        Container container = engine.run(Specs.busybox().command("sleep", "60"))) {
      Duration timeout = Duration.ofMillis(100);
      assertThrows(WaitTimeoutException.class, () -> container.awaitExit(timeout));
      assertTrue(container.running());
    }
  }

  @Test
  void readyWhen_theContainerEndsFirst_failsAtOnceWithItsLog() {
    ContainerSpec spec = sh("echo cannot start; exit 5").readyWhen(Wait.forLog("never"));
    try (Engine engine = store.open()) {
      long start = System.nanoTime();
      ContainerException error =
          assertThrows(ContainerException.class, () -> engine.run(spec).close());
      assertTrue(error.lastLog().contains("cannot start"), error.toString());
      assertTrue(Duration.ofNanos(System.nanoTime() - start).compareTo(Duration.ofSeconds(10)) < 0);
      assertTrue(engine.containers().list().isEmpty());
    }
  }

  @Test
  void commandThatIsNotThere_whenRun_failsAndNamesIt() {
    try (Engine engine = store.open()) {
      ContainerException error =
          assertThrows(
              ContainerException.class,
              () -> engine.run(Specs.busybox().command("no-such-program")).close());
      Failure.says(error, "no-such-program");
    }
  }

  @Test
  void engine_whenClosed_closesItsContainers() {
    Container container;
    try (Engine engine = store.open()) {
      container = engine.run(Specs.busybox().command("sleep", "60"));
      assertTrue(container.running());
    }
    assertFalse(container.running());
    container.close();
  }

  @Test
  void interrupt_whileWaiting_endsTheCallWithTheFlagSet() {
    try (Engine engine = store.open();
        Container container = engine.run(Specs.busybox().command("sleep", "60"))) {
      Thread.currentThread().interrupt();
      assertThrows(InterruptedOperationException.class, container::awaitExit);
      assertTrue(Thread.interrupted());
    }
  }

  private static ContainerSpec sh(String script) {
    return Specs.busybox().command("sh", "-c", script);
  }

  private static Result run(ContainerSpec spec) {
    try (Engine engine = store.open()) {
      return Result.of(engine, spec);
    }
  }
}
