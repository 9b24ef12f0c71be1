package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container whose writable layer has a size. */
@IntegrationTest
class RootSizeIT {
  private static final String FILL = "dd if=/dev/zero of=/full bs=1M count=40 2>&1; true";

  private static TestStore store;

  private Engine engine;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void open() {
    engine = store.open();
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
    assertEquals(0, devices(), "loop devices of this store");
  }

  private static ContainerSpec limited() {
    return Specs.busybox().rootSize(Size.mib(16));
  }

  /** How many loop devices stand for files of the store. */
  private static long devices() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/sys/block"))) {
      return all.map(device -> device.resolve("loop/backing_file"))
          .filter(RootSizeIT::ours)
          .count();
    }
  }

  private static boolean ours(Path backing) {
    try {
      return Files.readString(backing).startsWith(store.root().toString());
    } catch (IOException free) {
      return false;
    }
  }

  @Test
  void writes_beyondTheSize_areRefusedAndHarmNothingElse() {
    List<String> before = loopMounts();
    try (Container container = engine.run(limited().command("sh", "-c", FILL + "; sleep 1000"));
        Container other = engine.run(Specs.busybox().command("sleep", "1000"))) {
      while (!container.logs().contains("No space left on device")) {
        Thread.onSpinWait();
      }
      assertEquals(0, other.exec("dd", "if=/dev/zero", "of=/f", "bs=1M", "count=40").code());
      assertEquals(0, container.exec("rm", "/full").code());
      assertEquals(0, container.exec("touch", "/room").code());
      assertEquals(before, loopMounts());
    }
  }

  /** Of the machine, which may have others' too. */
  private static List<String> loopMounts() {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return mounts.filter(line -> line.contains("/dev/loop")).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void copy_intoAFullRoot_saysWhatIsFull(@TempDir Path host) throws IOException {
    byte[] noHole = new byte[20 << 20];
    Arrays.fill(noHole, (byte) 1);
    Path large = Files.write(host.resolve("large"), noHole);
    try (Container container = engine.run(limited().command("sleep", "1000"))) {
      ContainerException refused =
          assertThrows(ContainerException.class, () -> container.copyTo(large, "/"));
      Failure.says(refused, "full");
      Failure.says(refused, "ENOSPC");
    }
  }

  @Test
  void root_ofASize_keepsWhatWasWrittenAndCanBeCommitted(@TempDir Path host) throws IOException {
    ContainerSpec spec = limited().command("sh", "-c", "cat /kept; echo again >> /kept");
    try (Container container = engine.run(spec)) {
      assertEquals(0, container.awaitExit().code());
      container.start();
      assertEquals(0, container.awaitExit().code());
      assertTrue(container.logs().contains("again"), container.logs());
      assertTrue(container.diff().toString().contains("A /kept"), container.diff().toString());
      container.copyFrom("/kept", host.resolve("kept"));
      assertEquals("again\nagain\n", Files.readString(host.resolve("kept")));
      StoredImage image = container.commit();
      assertEquals("again\nagain\n", Result.sh(engine, Specs.alone(image.id()), "cat /kept"));
    }
  }

  @Test
  void root_tooSmall_isRefusedAndLeavesNothing() throws IOException {
    ContainerSpec spec = Specs.busybox().rootSize(new Size(1000)).command("true");
    Failure.says(
        assertThrows(ContainerException.class, () -> engine.run(spec).close()), "mkfs.ext4");
    try (Stream<Path> left = Files.list(store.root().resolve("containers"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void start_thatFails_leavesNothing() {
    assertThrows(ContainerException.class, () -> engine.run(limited().command("/no/such")).close());
  }

  @Test
  void deadProcess_withALimitedRoot_leavesNoDevice() throws Exception {
    try (EngineJvm jvm = EngineJvm.runningLimited(store.root(), "sleep", "1000")) {
      assertEquals(1, devices());
      jvm.kill();
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (devices() > 0 && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    assertEquals(0, devices());
    try (Engine next = store.open()) { // clears what the dead one left
      assertEquals(List.of(), next.containers().list());
    }
  }
}
