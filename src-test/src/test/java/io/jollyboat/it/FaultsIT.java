package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What happens when the Java process, a monitor or a control group goes away under a container.
 * {@code -Dfaults.kills=200} is the full measure of the first test, {@code -Dfaults.seed} repeats
 * one.
 */
@IntegrationTest
class FaultsIT {
  private static final int KILLS = Integer.getInteger("faults.kills", 10);
  private static final int LONGEST_LIFE = 1500;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private TestStore store = TestStore.empty();

  @BeforeEach
  void pull(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      TestStore.take(engine, registry, TestImages.BUSYBOX);
    }
  }

  @AfterEach
  void delete() {
    store.close();
  }

  /** The time to open is a promise; its median is asked for, as other tests run beside this. */
  @Test
  void jvm_killedAtAnyInstant_leavesNothingAndWhatHadFinished() throws InterruptedException {
    long seed = Long.getLong("faults.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Duration> opening = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      String marker = ProcessHandle.current().pid() + "" + (1000 + kill);
      List<String> finished;
      try (EngineJvm jvm = EngineJvm.churning(store.root(), marker)) {
        Thread.sleep(random.nextInt(LONGEST_LIFE));
        jvm.kill();
        finished = jvm.rest("built ");
      }
      String what = "kill " + kill + " of -Dfaults.seed=" + seed;
      awaitNone(marker, what);
      opening.add(assertWhole(finished, what));
    }
    // A launcher that was just being started when the last one was killed may have held its lock.
    Thread.sleep(500);
    store.open().close();
    Collections.sort(opening);
    Duration median = opening.get(opening.size() / 2);
    assertTrue(median.compareTo(Duration.ofSeconds(1)) < 0, "opened in " + opening);
  }

  /** How long the next engine took to open. */
  private Duration assertWhole(List<String> finished, String what) {
    long start = System.nanoTime();
    try (Engine engine = store.open()) {
      Duration opened = Duration.ofNanos(System.nanoTime() - start);
      assertEquals(List.of(), engine.containers().list(), what);
      for (String image : finished) {
        assertTrue(engine.images().find(image).isPresent(), image + " is gone after " + what);
      }
      assertEquals("again\n", Result.sh(engine, Specs.busybox(), "echo again"), what);
      return opened;
    }
  }

  @Test
  void monitor_killed_endsItsContainerOnly() throws InterruptedException {
    String marker = ProcessHandle.current().pid() + "77";
    try (Engine engine = store.open();
        Container other = engine.run(Specs.busybox().command("sleep", "600"));
        Container container = engine.run(Specs.busybox().command("sleep", marker))) {
      parent(container).destroyForcibly();
      ExitStatus status = container.awaitExit(LIMIT);
      assertEquals(OptionalInt.of(9), status.signal());
      awaitNone(marker, "its monitor was killed");
      assertTrue(other.running());
      assertEquals("1\n", other.exec("sh", "-c", "echo 1").out());
    }
  }

  @Test
  void monitor_killedWhileItsContainerIsStopped_letsTheCallReturn() throws InterruptedException {
    String script = "trap '' TERM; while :; do sleep 0.1; done";
    try (Engine engine = store.open();
        Container container = engine.run(Specs.busybox().command("sh", "-c", script))) {
      ProcessHandle monitor = parent(container);
      Thread killer =
          new Thread(
              () -> {
                pause();
                monitor.destroyForcibly();
              });
      killer.start();
      assertEquals(OptionalInt.of(9), container.stop(LIMIT).signal());
      killer.join();
    }
  }

  @Test
  void cgroups_deletedUnderTheEngine_doNotKeepItFromClosing() throws IOException {
    try (Engine engine = store.open()) {
      try (Container container = engine.run(Specs.busybox().command("sleep", "600"))) {
        long process = container.state().pid().orElseThrow();
        for (Path group : groupsOf(container)) {
          moveToTheTop(process, group);
          Files.delete(group);
        }
        assertTrue(container.running());
        assertEquals(OptionalInt.of(9), container.stop(Duration.ZERO).signal());
      }
      assertEquals("next\n", Result.sh(engine, Specs.busybox(), "echo next"));
    }
  }

  /** The directories of a container in every hierarchy. */
  private static List<Path> groupsOf(Container container) throws IOException {
    List<Path> found = new ArrayList<>();
    try (var paths =
        Files.find(
            Path.of("/sys/fs/cgroup"),
            8,
            (path, attributes) ->
                attributes.isDirectory() && path.endsWith(container.id().hex()))) {
      paths.forEach(found::add);
    }
    assertTrue(!found.isEmpty(), "no control group of " + container.id());
    return found;
  }

  private static void moveToTheTop(long process, Path group) throws IOException {
    Path top = group;
    while (Files.exists(top.resolve("../cgroup.procs"))) {
      top = top.resolve("..").normalize();
    }
    Files.writeString(top.resolve("cgroup.procs"), Long.toString(process));
  }

  private static ProcessHandle parent(Container container) {
    return ProcessHandle.of(container.state().pid().orElseThrow())
        .flatMap(ProcessHandle::parent)
        .orElseThrow();
  }

  private static void pause() {
    try {
      Thread.sleep(300);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitNone(String marker, String why) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!Processes.allRunning("sleep", marker).isEmpty() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertEquals(List.of(), Processes.allRunning("sleep", marker), why);
  }
}
