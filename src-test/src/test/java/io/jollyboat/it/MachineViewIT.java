package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.Image;
import io.jollyboat.Mount;
import io.jollyboat.NetworkMode;
import io.jollyboat.Resources;
import io.jollyboat.Size;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A limited container sees a machine as large as its limits. */
@IntegrationTest
class MachineViewIT {
  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  /** Two gibibytes and one processor. */
  private static Resources small(Resources resources) {
    return resources.memory(Size.mib(2048)).cpus(1);
  }

  private static ContainerSpec idle(UnaryOperator<Resources> limits) {
    return Specs.busybox().command("sleep", "3600").resources(limits);
  }

  private static String host(String script) {
    ContainerSpec spec =
        ContainerSpec.of(Image.host()).network(NetworkMode.NONE).resources(MachineViewIT::small);
    try (Engine engine = store.open()) {
      return Result.sh(engine, spec, script);
    }
  }

  @Test
  void free_nproc_seeTheLimits() {
    String free = host("free -b | awk '/^Mem:/{print $2}'").strip();
    assertEquals(Long.toString(Size.mib(2048).bytes()), free);
    assertEquals("1", host("nproc").strip());
    assertEquals("1", host("getconf _NPROCESSORS_ONLN").strip());
  }

  @Test
  void jvm_sizesItselfByTheLimits() {
    String flags = host("java -XX:+PrintFlagsFinal -version 2>/dev/null");
    assertEquals(Long.toString(Size.mib(512).bytes()), flag(flags, "MaxHeapSize"));
    String blind = host("java -XX:-UseContainerSupport -XX:+PrintFlagsFinal -version 2>/dev/null");
    assertEquals("true", flag(blind, "UseSerialGC"), "with one processor, asked of the scheduler");
  }

  private static String flag(String flags, String name) {
    return flags
        .lines()
        .map(String::strip)
        .filter(line -> line.split("\\s+").length > 3 && line.split("\\s+")[1].equals(name))
        .map(line -> line.split("\\s+")[3])
        .findFirst()
        .orElseThrow();
  }

  @EveryKernel
  @Tag(EveryKernel.DELEGATED)
  @Test
  void files_ofALimitedOne_agreeWithEachOther() {
    try (Engine engine = store.open();
        Container container = engine.run(idle(MachineViewIT::small))) {
      String script =
          "grep -c ^processor /proc/cpuinfo; grep -c '^cpu[0-9]' /proc/stat;"
              + " cat /sys/devices/system/cpu/online; grep Cpus_allowed_list /proc/self/status;"
              + " awk '/MemTotal/{print $2}' /proc/meminfo; awk '{print $1 < 600}' /proc/uptime";
      String[] lines = container.exec("sh", "-c", script).out().split("\n");
      assertEquals("1", lines[0]);
      assertEquals("1", lines[1]);
      assertEquals(lines[3], "Cpus_allowed_list:\t" + lines[2]);
      assertEquals("2097152", lines[4]);
      assertEquals("1", lines[5], "up since its own start");
    }
  }

  @Test
  void files_ofAnUnlimitedOne_areTheMachines() throws IOException {
    String total =
        Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(line -> line.startsWith("MemTotal"))
            .findFirst()
            .orElseThrow();
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.pids(50)))) {
      assertTrue(container.exec("cat", "/proc/meminfo").out().contains(total));
      assertEquals("", container.exec("sh", "-c", "grep meminfo /proc/mounts; true").out());
      String online = Files.readString(Path.of("/sys/devices/system/cpu/online"));
      assertEquals(online, container.exec("cat", "/sys/devices/system/cpu/online").out());
    }
  }

  @EveryKernel
  @Tag(EveryKernel.DELEGATED)
  @Test
  void meminfo_followsWhatIsUsed() throws InterruptedException {
    ContainerSpec spec = idle(r -> r.memory(Size.mib(512)));
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      assertTrue(free(container) > 450 << 10, "before");
      String fill = "head -c 48m /dev/zero > /dev/shm/full; head -c 48m /dev/zero > /tmp/full";
      assertEquals(0, container.exec("sh", "-c", "mkdir -p /tmp; " + fill).code());
      while (free(container) > 464 << 10) {
        Thread.sleep(100);
      }
    }
  }

  private static long free(Container container) {
    String free = container.exec("awk", "/MemFree/{print $2}", "/proc/meminfo").out();
    return Long.parseLong(free.strip());
  }

  @Test
  void uptimeAndStat_goOn() throws InterruptedException {
    try (Engine engine = store.open();
        Container container = engine.run(idle(MachineViewIT::small))) {
      String before = container.exec("cat", "/proc/uptime", "/proc/stat").out();
      while (container.exec("cat", "/proc/uptime", "/proc/stat").out().equals(before)) {
        Thread.sleep(100);
      }
    }
  }

  @Test
  void update_changesWhatIsSeen() throws InterruptedException, IOException {
    String all = Files.readString(Path.of("/sys/devices/system/cpu/online"));
    try (Engine engine = store.open();
        Container container = engine.run(idle(MachineViewIT::small))) {
      assertNotEquals(all, container.exec("cat", "/sys/devices/system/cpu/online").out());
      container.update(r -> r.memory(Size.mib(1024)).cpus(1000));
      assertEquals(all, container.exec("cat", "/sys/devices/system/cpu/online").out());
      String count = container.exec("sh", "-c", "nproc").out().strip();
      assertEquals(Integer.toString(Runtime.getRuntime().availableProcessors()), count);
      String total = "MemTotal:        1048576 kB";
      while (!container.exec("cat", "/proc/meminfo").out().contains(total)) {
        Thread.sleep(100);
      }
    }
  }

  @Test
  void processors_ofSeveral_areSpread() {
    try (Engine engine = store.open();
        Container first = engine.run(idle(r -> r.cpus(1)));
        Container second = engine.run(idle(r -> r.cpus(1)))) {
      assertNotEquals(
          first.exec("cat", "/sys/devices/system/cpu/online").out(),
          second.exec("cat", "/sys/devices/system/cpu/online").out());
    }
  }

  @Test
  void detached_isFreshAgainWithTheNextEngine_andCanBeChanged() throws Exception {
    String id;
    try (Engine engine = store.open();
        Container container = engine.run(idle(MachineViewIT::small).detached())) {
      id = container.id().hex();
    }
    try (Engine engine = store.open()) {
      Container container = engine.containers().find(id).orElseThrow();
      String before = container.exec("cat", "/proc/uptime").out();
      while (container.exec("cat", "/proc/uptime").out().equals(before)) {
        Thread.sleep(100);
      }
      assertEquals("1", container.exec("nproc").out().strip());
      container.update(r -> r.cpus(1000));
      String all = Files.readString(Path.of("/sys/devices/system/cpu/online"));
      assertEquals(all, container.exec("cat", "/sys/devices/system/cpu/online").out());
      String count = Integer.toString(Runtime.getRuntime().availableProcessors());
      assertEquals(count, container.exec("nproc").out().strip());
      container.kill("KILL");
      ExitStatus unused = container.awaitExit();
      container.remove();
    }
  }

  @Test
  void files_cannotBeWritten() {
    String script = "echo x > /proc/meminfo || echo x > /sys/devices/system/cpu/online";
    try (Engine engine = store.open();
        Container container = engine.run(idle(MachineViewIT::small))) {
      assertNotEquals(0, container.exec("sh", "-c", script).code());
    }
  }

  @Test
  void file_thatTheUserMountsThere_wins() throws IOException {
    Path own = Files.createTempFile("junit", ".meminfo");
    try (Engine engine = store.open();
        Container container =
            engine.run(idle(MachineViewIT::small).mount(Mount.readOnly(own, "/proc/meminfo")))) {
      assertEquals("", container.exec("cat", "/proc/meminfo").out());
    } finally {
      Files.delete(own);
    }
  }

  @EveryKernel
  @Tag(EveryKernel.DELEGATED)
  @Test
  void sandbox_seesItsLimitsToo() {
    try (Engine engine = store.open()) {
      ContainerSpec spec = ContainerSpec.sandbox(Image.from(TestImages.BUSYBOX));
      String total = Result.sh(engine, spec, "awk '/MemTotal/{print $2}' /proc/meminfo").strip();
      assertEquals(Long.toString(256 << 10), total);
    }
  }
}
