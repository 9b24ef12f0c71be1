package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.DeviceLimits;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.NetworkMode;
import io.jollyboat.Resources;
import io.jollyboat.Size;
import io.jollyboat.Stats;
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
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much of the machine a container gets, from its start on and changed while it runs. */
@EveryKernel
@Tag(EveryKernel.DELEGATED)
@IntegrationTest
class LimitsIT {
  private static final String EAT_64_MIB = "head -c 64m /dev/zero | tail -c 64m | wc -c";

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static ContainerSpec idle(UnaryOperator<Resources> limits) {
    return Specs.busybox().command("sleep", "3600").resources(limits);
  }

  private static ContainerSpec sh(String script, UnaryOperator<Resources> limits) {
    return Specs.busybox().command("sh", "-c", script).resources(limits);
  }

  @Test
  void memory_exceeded_killsAndSaysSo() {
    try (Engine engine = store.open();
        Container container = engine.run(sh(EAT_64_MIB, r -> r.memory(Size.mib(24))))) {
      assertTrue(container.awaitExit().outOfMemory());
    }
  }

  @Test
  void memory_lowered_whileItRuns_holdsForWhatItTakesThen() {
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.memory(Size.mib(256))))) {
      assertEquals("67108864", container.exec("sh", "-c", EAT_64_MIB).out().strip());
      container.update(r -> r.memory(Size.mib(24)));
      container.exec("sh", "-c", EAT_64_MIB);
      assertTrue(container.stats().memory().outOfMemoryKills() > 0);
      assertEquals(Size.mib(24), container.stats().memory().limit());
      assertEquals(Size.mib(24), container.spec().resources().memory().orElseThrow());
    }
  }

  @Test
  void memory_belowWhatIsInUse_isRefusedOrKills_andARefusalChangesNothing() {
    String hold = "head -c 32m /dev/zero > /dev/shm/held; echo held; sleep 3600";
    try (Engine engine = store.open();
        Container container = engine.run(sh(hold, r -> r.memory(Size.mib(256)).pids(20)))) {
      container.await(io.jollyboat.Wait.forLog("held"));
      if (Resource.V2) {
        container.update(r -> r.memory(Size.mib(8)));
        assertTrue(container.awaitExit().outOfMemory());
        return;
      }
      ContainerException e =
          assertThrows(
              ContainerException.class, () -> container.update(r -> r.memory(Size.mib(8)).pids(5)));
      assertTrue(String.valueOf(e.getMessage()).contains("memory.limit_in_bytes"), e::toString);
      assertEquals(Size.mib(256), container.stats().memory().limit());
      assertEquals(OptionalLong.of(20), container.stats().pids().limit());
      assertEquals(20, container.spec().resources().pids().orElseThrow());
    }
  }

  @Test
  void memoryReservation_isTheKernels() {
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.memoryReservation(Size.mib(16))))) {
      String soft = Resource.read(container, "memory/memory.soft_limit_in_bytes", "memory.low");
      assertEquals("16777216", soft);
    }
  }

  @Test
  void swap_isBesideMemory_andNoneByDefault() {
    String v1 = "memory/memory.memsw.limit_in_bytes";
    if (!countsSwap(v1)) {
      refused(r -> r.memory(Size.mib(32)).swap(Size.mib(8)), "swap cannot be limited");
      return;
    }
    try (Engine engine = store.open();
        Container without = engine.run(idle(r -> r.memory(Size.mib(32))));
        Container with = engine.run(idle(r -> r.memory(Size.mib(32)).swap(Size.mib(8))));
        Container all = engine.run(idle(r -> r.memory(Size.mib(32)).unlimitedSwap()))) {
      String none = Resource.V2 ? "0" : Long.toString(Size.mib(32).bytes());
      String some = Resource.V2 ? "8388608" : Long.toString(Size.mib(40).bytes());
      assertEquals(none, Resource.read(without, v1, "memory.swap.max"));
      assertEquals(some, Resource.read(with, v1, "memory.swap.max"));
      String unlimited = Resource.read(all, v1, "memory.swap.max");
      assertTrue(unlimited.equals("max") || Long.parseLong(unlimited) > 1L << 60, unlimited);
    }
  }

  /** Some kernels do only when they are booted with {@code swapaccount=1}. */
  private static boolean countsSwap(String v1) {
    String file = "/sys/fs/cgroup/" + (Resource.V2 ? "memory.swap.max" : v1);
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.memory(Size.mib(32))))) {
      return container.exec("test", "-e", file).code() == 0;
    }
  }

  @Test
  void swap_withoutALimitOfMemory_saysWhatIsMissing() {
    refused(r -> r.swap(Size.mib(8)), "add memory(...)");
  }

  @Test
  void swappinessAndWaitingForMemory_areOfV1_andV2SaysSo() {
    if (Resource.V2) {
      refused(r -> r.swappiness(10), "v1 only");
      refused(r -> r.memory(Size.mib(32)).oomKillDisabled(), "v1 only");
      return;
    }
    try (Engine engine = store.open();
        Container container =
            engine.run(idle(r -> r.memory(Size.mib(32)).swappiness(10).oomKillDisabled()))) {
      assertEquals("10", Resource.read(container, "memory/memory.swappiness", ""));
      String oom = Resource.read(container, "memory/memory.oom_control", "");
      assertTrue(oom.startsWith("oom_kill_disable 1"), oom);
    }
  }

  @Test
  void waitingForMemory_atTheLimit_isStillClosed() throws InterruptedException {
    if (Resource.V2) {
      return; // refused there: see above
    }
    try (Engine engine = store.open();
        Container container =
            engine.run(sh(EAT_64_MIB, r -> r.memory(Size.mib(24)).oomKillDisabled()))) {
      while (container.stats().memory().charged().compareTo(Size.mib(23)) < 0) {
        Thread.sleep(10);
      }
      assertTrue(container.running());
    }
  }

  @Test
  void oomScore_isThatOfItsProcesses_andNotOfOthers() throws IOException {
    String own = Files.readString(Path.of("/proc/self/oom_score_adj")).strip();
    String show = "cat /proc/self/oom_score_adj";
    try (Engine engine = store.open()) {
      try (Container container = engine.run(sh(show, r -> r.oomScore(500)))) {
        assertEquals(0, container.awaitExit().code());
        assertEquals("500", container.logs().strip());
      }
      String expected = own.startsWith("-") ? "0" : own;
      assertEquals(expected, Result.sh(engine, Specs.busybox(), show).strip());
    }
  }

  @Test
  void cpus_lowered_whileItRuns_throttle() throws InterruptedException {
    try (Engine engine = store.open();
        Container container = engine.run(sh("while :; do :; done", r -> r.cpus(1)))) {
      container.update(r -> r.cpus(0.1));
      Stats before = container.stats();
      Thread.sleep(2000);
      Stats after = container.stats();
      assertTrue(after.processors(before) < 0.25, () -> "" + after.processors(before));
      assertTrue(after.cpu().throttledPeriods() > before.cpu().throttledPeriods());
    }
  }

  @Test
  void cpuSharesQuotaAndPeriod_areTheKernels() {
    Duration quota = Duration.ofMillis(20);
    Duration period = Duration.ofMillis(50);
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.cpuShares(512).cpuQuota(quota, period)))) {
      assertEquals(
          Resource.V2 ? "59" : "512", Resource.read(container, "cpu/cpu.shares", "cpu.weight"));
      assertEquals(
          Resource.V2 ? "20000 50000" : "20000",
          Resource.read(container, "cpu/cpu.cfs_quota_us", "cpu.max"));
      container.update(r -> Resources.none());
      assertEquals(
          Resource.V2 ? "max 100000" : "-1",
          Resource.read(container, "cpu/cpu.cfs_quota_us", "cpu.max"));
      assertEquals(
          Resource.V2 ? "100" : "1024", Resource.read(container, "cpu/cpu.shares", "cpu.weight"));
    }
  }

  @Test
  void cpusetAndMemoryNodes_areThoseOfItsProcesses() {
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.cpuset("0").memoryNodes("0")))) {
      String status = container.exec("cat", "/proc/self/status").out();
      assertTrue(status.contains("Cpus_allowed_list:\t0\n"), status);
      assertTrue(status.contains("Mems_allowed_list:\t0\n"), status);
    }
  }

  @Test
  void cpuset_thatTheMachineLacks_saysWhich() {
    refused(r -> r.cpuset("4000"), "4000");
  }

  @Test
  void pids_exceeded_forksFail_andRaisedTheyDoNot() {
    String four = "for i in 1 2 3 4 5 6; do sleep 20 & done 2>&1; echo all; wait";
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.pids(4)))) {
      String few = container.exec("timeout", "5", "sh", "-c", four).out();
      assertTrue(few.contains("ork"), few);
      container.update(r -> r.pids(40));
      String many = container.exec("timeout", "1", "sh", "-c", four).out();
      assertEquals("all", many.strip());
    }
  }

  @Test
  void ioWeight_isTheKernels_orItSaysWhatIsMissing() {
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.ioWeight(300)))) {
      String weight =
          container
              .exec("sh", "-c", "cd /sys/fs/cgroup; cat blkio/blkio*.weight io*.weight 2>/dev/null")
              .out();
      assertTrue(weight.contains("300") || weight.contains("default 2930"), weight);
    } catch (ContainerException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("BFQ"), e::toString);
    }
  }

  @Test
  void deviceWrites_limited_takeTheirTime_andUnlimitedDoNot() throws IOException {
    Path disk = disk(store.root());
    UnaryOperator<Resources> slow =
        r -> r.device(disk, DeviceLimits.none().writeBytes(Size.mib(2)).readOperations(500));
    try (Engine engine = store.open();
        Container container = engine.run(idle(slow))) {
      assertTrue(write(container, 6) > 1.5, "6 MiB at 2 MiB a second");
      container.update(r -> Resources.none());
      long before = System.nanoTime();
      write(container, 6);
      assertTrue((System.nanoTime() - before) / 1e9 < 2.5);
    }
  }

  private static double write(Container container, int mebibytes) {
    long start = System.nanoTime();
    String dd = "dd if=/dev/zero of=/written bs=1M oflag=direct conv=fsync count=" + mebibytes;
    assertEquals(0, container.exec("sh", "-c", dd).code());
    return (System.nanoTime() - start) / 1e9;
  }

  /** The block device of the file system on which a file lies. */
  private static Path disk(Path file) throws IOException {
    long device = (long) Files.getAttribute(file, "unix:dev");
    long major = (device >> 8) & 0xfff;
    long minor = (device & 0xff) | ((device >> 12) & 0xfff00);
    List<String> facts =
        Files.readAllLines(Path.of("/sys/dev/block/" + major + ":" + minor + "/uevent"));
    String name =
        facts.stream().filter(fact -> fact.startsWith("DEVNAME=")).findFirst().orElseThrow();
    return Path.of("/dev", name.substring("DEVNAME=".length()));
  }

  @Test
  void device_thatIsNone_isNamed() {
    refused(r -> r.device(Path.of("/dev/null"), DeviceLimits.none()), "/dev/null is no block");
    refused(r -> r.device(Path.of("/dev/gone"), DeviceLimits.none()), "no device /dev/gone");
  }

  @Test
  void hugePages_areTheKernels() throws IOException {
    ContainerSpec spec = idle(r -> r.hugePages(Size.mib(2), Size.mib(6)));
    boolean keptBySystemd =
        Files.isDirectory(Path.of("/run/systemd/system"))
            && Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
    try (Engine engine = store.open()) {
      if (keptBySystemd) {
        Failure.says(
            assertThrows(ContainerException.class, () -> engine.run(spec).close()),
            "hugetlb controller");
      } else {
        hugePagesAreLimited(engine, spec);
      }
    }
  }

  private static void hugePagesAreLimited(Engine engine, ContainerSpec spec) throws IOException {
    try (Container container = engine.run(spec)) {
      Path group = countingHugePages(container);
      boolean v2 = Files.exists(group.resolve("hugetlb.2MB.max"));
      Path limit = group.resolve(v2 ? "hugetlb.2MB.max" : "hugetlb.2MB.limit_in_bytes");
      assertEquals(Long.toString(Size.mib(6).bytes()), Files.readString(limit).strip());
      assertFalse(Files.readString(group.resolve("cgroup.procs")).isBlank());
    }
  }

  private static Path countingHugePages(Container container) throws IOException {
    try (Stream<Path> groups = Files.walk(Path.of("/sys/fs/cgroup"), 5)) {
      return groups
          .filter(directory -> directory.endsWith(container.id().hex()))
          .filter(
              directory ->
                  Files.exists(directory.resolve("hugetlb.2MB.max"))
                      || Files.exists(directory.resolve("hugetlb.2MB.limit_in_bytes")))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void update_beforeTheStart_holdsFromTheStart() {
    try (Engine engine = store.open();
        Container container = engine.containers().create(idle(r -> r.pids(9)))) {
      container.update(r -> r.pids(11).memory(Size.mib(64)));
      container.start();
      assertEquals(OptionalLong.of(11), container.stats().pids().limit());
      assertEquals(Size.mib(64), container.stats().memory().limit());
    }
  }

  @Test
  void update_thatMakesNoSense_saysWhy_andChangesNothing() {
    try (Engine engine = store.open();
        Container container = engine.run(idle(r -> r.pids(9)))) {
      ContainerException e =
          assertThrows(
              ContainerException.class,
              () -> container.update(r -> r.pids(5).bandwidthIn(Size.mib(1))));
      assertTrue(String.valueOf(e.getMessage()).contains("BRIDGE"), e::toString);
      assertEquals(OptionalLong.of(9), container.stats().pids().limit());
    }
  }

  @Test
  void monitorAndRelay_areInTheEnginesGroups_notInThisProcesss() throws IOException {
    String own = Files.readString(Path.of("/proc/self/cgroup"));
    try (Engine engine = store.open();
        Container container =
            engine.run(
                Specs.busybox()
                    .network(NetworkMode.BRIDGE)
                    .publish(8080)
                    .command("sleep", "3600"))) {
      assertTrue(container.running());
      List<ProcessHandle> helpers = ProcessHandle.current().children().toList();
      assertFalse(helpers.isEmpty());
      for (ProcessHandle helper : helpers) {
        Path file = Path.of("/proc/" + helper.pid() + "/cgroup");
        if (!Files.exists(file) || !isOurs(helper)) {
          continue;
        }
        for (String line : Files.readAllLines(file)) {
          boolean atTheTop = own.lines().anyMatch(l -> l.equals(line) && l.endsWith(":/"));
          assertTrue(atTheTop || line.contains("/jollyboat/"), line);
        }
      }
    }
  }

  private static boolean isOurs(ProcessHandle helper) throws IOException {
    String words = Files.readString(Path.of("/proc/" + helper.pid() + "/cmdline"));
    return words.startsWith("jollyboat\0");
  }

  @Test
  void limited_andEnded_leavesItsStatus() {
    try (Engine engine = store.open();
        Container container =
            engine.run(sh("exit 7", r -> r.memory(Size.mib(64)).cpus(1).pids(10).cpuShares(100)))) {
      ExitStatus exit = container.awaitExit();
      assertEquals(7, exit.code());
      assertFalse(exit.outOfMemory());
    }
  }

  private static void refused(UnaryOperator<Resources> limits, String part) {
    try (Engine engine = store.open()) {
      ContainerException e =
          assertThrows(ContainerException.class, () -> engine.run(idle(limits)).close());
      assertTrue(String.valueOf(e.getMessage()).contains(part), e::toString);
    }
  }
}
