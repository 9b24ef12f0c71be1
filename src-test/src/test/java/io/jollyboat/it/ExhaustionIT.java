package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExecResult;
import io.jollyboat.JollyboatException;
import io.jollyboat.Size;
import io.jollyboat.Wait;
import io.jollyboat.test.Command;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory, processes, descriptors and disk run out: what asked for too much fails, nothing else. */
@IntegrationTest
class ExhaustionIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

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
  void memory_usedUpByAChild_killsWithinTheContainerOnly() {
    ContainerSpec spec =
        sh("echo ready; read line; tail /dev/zero >/dev/null; echo survived; sleep 600")
            .memory(Size.mib(16))
            .interactive()
            .readyWhen(Wait.forLog("ready"));
    try (Engine engine = store.open();
        Container other = engine.run(Specs.busybox().command("sleep", "600"));
        Container container = engine.run(spec)) {
      container.exec("sh", "-c", "tail /dev/zero; true");
      assertEquals(0, other.exec("true").code());
      assertTrue(other.running());
      container.stop(Duration.ZERO);
    }
  }

  @EveryKernel
  @Tag(EveryKernel.DELEGATED)
  @Test
  void forkBomb_atItsLimit_canBeLookedAtAndKilled() {
    String bomb = "echo ready; f() { f | f & }; while :; do f; sleep 0.1; done";
    try (Engine engine = store.open();
        Container other = engine.run(Specs.busybox().command("sleep", "600"));
        Container container = engine.run(sh(bomb).pids(40).readyWhen(Wait.forLog("ready")))) {
      container.await(Wait.forLog("fork"));
      assertEquals(0, other.exec("true").code());
      container.stop(Duration.ZERO);
      assertFalse(container.running());
    }
  }

  /** v2 refuses the process itself, v1 lets it in but not its children. */
  @EveryKernel
  @Tag(EveryKernel.DELEGATED)
  @Test
  void exec_whereNoProcessIsAllowedAnyMore_failsAndSaysSo() {
    String full = "for i in 1 2 3; do sleep 600 & done; echo ready; wait";
    try (Engine engine = store.open();
        Container container = engine.run(sh(full).pids(4).readyWhen(Wait.forLog("ready")))) {
      assertTrue(failure(container).matches("(?s).*(can't fork|unavailable|EAGAIN).*"));
      assertTrue(container.running());
    }
  }

  private static String failure(Container container) {
    try {
      ExecResult result = container.exec("sh", "-c", "true & wait");
      assertTrue(result.code() != 0, result.toString());
      return result.err();
    } catch (JollyboatException e) {
      return e.toString();
    }
  }

  @Test
  void disk_filledByAContainer_failsItsWritesOnly(
      RegistryProcess registry, @TempDir Path directory) {
    try (SmallDisk disk = new SmallDisk(directory);
        Engine engine = disk.open(registry)) {
      String fill = "cat /dev/zero > /fill 2> /dev/shm/why; rm /fill; cat /dev/shm/why; echo ended";
      Result filled = Result.of(engine, sh(fill));
      assertTrue(filled.out().contains("No space left"), filled.toString());
      assertTrue(filled.out().endsWith("ended\n"), filled.toString());
      assertEquals("room\n", Result.sh(engine, Specs.busybox(), "echo room"));
    }
  }

  @Test
  void disk_full_failsStartsUntilThereIsRoomAgain(RegistryProcess registry, @TempDir Path directory)
      throws InterruptedException {
    try (SmallDisk disk = new SmallDisk(directory);
        Engine engine = disk.open(registry)) {
      try (Container filler = engine.run(sh("cat /dev/zero > /fill; sleep 600"))) {
        disk.awaitFull();
        ContainerSpec next = Specs.busybox().command("true");
        assertThrows(JollyboatException.class, () -> engine.run(next).close());
        assertTrue(filler.running());
        assertEquals(1, engine.containers().list().size());
      }
      assertEquals("room\n", Result.sh(engine, Specs.busybox(), "echo room"));
    }
  }

  /** A file system of its own for a store. */
  private record SmallDisk(Path directory) implements AutoCloseable {
    SmallDisk {
      mount("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "jollyboat", directory.toString());
    }

    Engine open(RegistryProcess registry) {
      Engine engine = Engine.builder().root(directory.resolve("store")).open();
      TestStore.take(engine, registry, TestImages.BUSYBOX);
      return engine;
    }

    void awaitFull() throws InterruptedException {
      long end = System.nanoTime() + LIMIT.toNanos();
      while (directory.toFile().getUsableSpace() > 0) {
        assertTrue(System.nanoTime() < end, "the disk does not fill");
        Thread.sleep(20);
      }
    }

    @Override
    public void close() {
      mount("umount", directory.toString());
    }

    private static void mount(String... words) {
      String said = Command.run(LIMIT, words);
      assertEquals("", said);
    }
  }

  @Test
  void descriptors_usedUp_failTheStartAndAreThereAgainAfterIt() {
    try (EngineJvm jvm = EngineJvm.withFewDescriptors(store.root(), 120)) {
      jvm.expect("refused");
      jvm.expect("again");
      jvm.awaitEnd();
    }
  }

  private static ContainerSpec sh(String script) {
    return Specs.busybox().command("sh", "-c", script);
  }
}
