package io.jollyboat.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.RequiresRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every limit, set, changed and taken away, as the kernel's own files tell, on v1 or v2. */
@Tag("every-kernel")
@Tag("delegated")
@ExtendWith(RequiresRoot.class)
class CgroupLimitsTest {
  private static final long HUGE = 2 << 20;

  private final CgroupLayout layout = CgroupLayout.detect();
  private final boolean v2 = layout.unified();
  private final String engineId = "limits-" + ProcessHandle.current().pid();
  private Cgroups cgroups = Cgroups.unavailable();

  @BeforeEach
  void open() {
    cgroups = Cgroups.open(layout, engineId);
  }

  @AfterEach
  void close() {
    cgroups.close();
  }

  /** What a file of the container's group says: of v1 by its controller, or of v2. */
  private String read(String controller, String v1File, String v2File) {
    return CgroupFiles.read(group(controller).resolve(v2 ? v2File : v1File));
  }

  private Path group(String controller) {
    Path top =
        v2
            ? V2Cgroups.base(layout)
            : layout.v1().stream()
                .filter(hierarchy -> hierarchy.has(controller))
                .findFirst()
                .orElseThrow()
                .mountPoint();
    return top.resolve(Cgroups.FAMILY).resolve(engineId).resolve("c1");
  }

  private void check(
      CgroupLimits limits, String controller, String v1, String v2File, String... expected) {
    try (ContainerCgroup group = cgroups.create("c1", limits)) {
      assertEquals(expected[v2 ? 1 : 0], read(controller, v1, v2File));
      group.change(limits, CgroupLimits.DEFAULT);
      assertEquals(expected[v2 ? 3 : 2], read(controller, v1, v2File));
      group.change(CgroupLimits.DEFAULT, limits);
      assertEquals(expected[v2 ? 1 : 0], read(controller, v1, v2File));
    }
  }

  private static CgroupLimits none() {
    return CgroupLimits.DEFAULT;
  }

  private static final String V1_NO_MEMORY_LIMIT = Long.toString(Long.MAX_VALUE & ~4095L);

  @Test
  void memory_setAndTakenAway_isTheKernels() {
    String bytes = Long.toString(32 << 20);
    check(
        none().withMemory(32 << 20),
        "memory",
        "memory.limit_in_bytes",
        "memory.max",
        bytes,
        bytes,
        V1_NO_MEMORY_LIMIT,
        "max");
  }

  @Test
  void reservation_setAndTakenAway_isTheKernels() {
    String bytes = Long.toString(16 << 20);
    check(
        none().withMemoryReservation(16 << 20),
        "memory",
        "memory.soft_limit_in_bytes",
        "memory.low",
        bytes,
        bytes,
        V1_NO_MEMORY_LIMIT,
        "0");
  }

  @Test
  void swap_setAndTakenAway_isTheKernels() {
    CgroupLimits limits = none().withMemory(16 << 20).withMemoryAndSwap(24 << 20);
    if (!countsSwap()) {
      refused(limits, "swap cannot be limited");
      cgroups.create("c1", none().withMemory(16 << 20).withMemoryAndSwap(16 << 20)).close();
      return;
    }
    check(
        limits,
        "memory",
        "memory.memsw.limit_in_bytes",
        "memory.swap.max",
        Long.toString(24 << 20),
        Long.toString(8 << 20),
        V1_NO_MEMORY_LIMIT,
        "max");
  }

  /** Some kernels do only when they are booted with {@code swapaccount=1}. */
  private boolean countsSwap() {
    try (ContainerCgroup unused = cgroups.create("c1", none())) {
      String file = v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes";
      return Files.exists(group("memory").resolve(file));
    }
  }

  @Test
  void swappiness_isOfV1_andV2SaysSo() {
    CgroupLimits limits = none().withSwappiness(7);
    if (v2) {
      refused(limits, "v1 only");
    } else {
      String inherited = CgroupFiles.read(Path.of("/sys/fs/cgroup/memory/memory.swappiness"));
      check(limits, "memory", "memory.swappiness", "", "7", "", inherited, "");
    }
  }

  @Test
  void outOfMemoryKillsDisabled_isOfV1_andV2SaysSo() {
    CgroupLimits limits = none().withMemory(16 << 20).withoutOutOfMemoryKills();
    if (v2) {
      refused(limits, "v1 only");
      return;
    }
    try (ContainerCgroup group = cgroups.create("c1", limits)) {
      assertTrue(read("memory", "memory.oom_control", "").startsWith("oom_kill_disable 1"));
      group.change(limits, none());
      assertTrue(read("memory", "memory.oom_control", "").startsWith("oom_kill_disable 0"));
    }
  }

  @Test
  void cpus_setAndTakenAway_areTheKernels() {
    check(
        none().withCpus(1.5),
        "cpu",
        "cpu.cfs_quota_us",
        "cpu.max",
        "150000",
        "150000 100000",
        "-1",
        "max 100000");
  }

  @Test
  void cpuTime_setAndTakenAway_hasItsOwnPeriod() {
    CgroupLimits limits = none().withCpuTime(20_000, 50_000);
    check(
        limits,
        "cpu",
        "cpu.cfs_period_us",
        "cpu.max",
        "50000",
        "20000 50000",
        "100000",
        "max 100000");
    check(limits, "cpu", "cpu.cfs_quota_us", "cpu.max", "20000", "20000 50000", "-1", "max 100000");
  }

  @Test
  void cpuShares_setAndTakenAway_areTheKernels() {
    String weight = Integer.toString(V2Limits.weight(512));
    check(
        none().withCpuShares(512), "cpu", "cpu.shares", "cpu.weight", "512", weight, "1024", "100");
  }

  @Test
  void cpuset_setAndTakenAway_isTheKernels() throws IOException {
    String all = v2 ? "" : Files.readString(Path.of("/sys/devices/system/cpu/online")).strip();
    check(none().withCpuset("0"), "cpuset", "cpuset.cpus", "cpuset.cpus", "0", "0", all, "");
  }

  @Test
  void memoryNodes_setAndTakenAway_areTheKernels() {
    check(none().withMemoryNodes("0"), "cpuset", "cpuset.mems", "cpuset.mems", "0", "0", "0", "");
  }

  @Test
  void pids_setAndTakenAway_areTheKernels() {
    check(none().withPids(7), "pids", "pids.max", "pids.max", "7", "7", "max", "max");
  }

  @Test
  void ioWeight_withBfq_isTheKernels() {
    CgroupLimits limits = none().withIoWeight(300);
    try (ContainerCgroup group = cgroups.create("c1", limits)) {
      String expected = v2 && !bfqOnV2() ? "default " + V2Limits.ioWeightOf(300) : "default 300";
      String file = v2 && !bfqOnV2() ? "io.weight" : "io.bfq.weight";
      String found = read("blkio", "blkio.bfq.weight", file).lines().findFirst().orElse("");
      assertEquals(v2 ? expected : "300", found);
      group.change(limits, none());
      found = read("blkio", "blkio.bfq.weight", file).lines().findFirst().orElse("");
      assertEquals(v2 ? "default 100" : "100", found);
    } catch (CgroupException e) {
      boolean lacking = !v2 && !Files.exists(Path.of("/sys/fs/cgroup/blkio/blkio.bfq.io_serviced"));
      assertTrue(lacking && e.toString().contains("BFQ"), e::toString);
    }
  }

  private boolean bfqOnV2() {
    return Files.exists(
        V2Cgroups.base(layout).resolve(Cgroups.FAMILY).resolve(engineId).resolve("io.bfq.weight"));
  }

  private static Optional<BlockDevice> disk() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/sys/block"))) {
      return all.map(disk -> CgroupFiles.read(disk.resolve("dev")).split(":"))
          .map(n -> new BlockDevice(Integer.parseInt(n[0]), Integer.parseInt(n[1])))
          .sorted((a, b) -> b.major() - a.major())
          .findFirst();
    }
  }

  @Test
  void throttle_setChangedAndTakenAway_isTheKernels() throws IOException {
    BlockDevice disk = disk().orElseThrow();
    IoLimits io =
        new IoLimits(
            OptionalInt.empty(),
            OptionalLong.of(1 << 20),
            OptionalLong.of(2 << 20),
            OptionalLong.of(100),
            OptionalLong.of(200));
    CgroupLimits limits = none().withIo(disk, io);
    String all = disk + " rbps=1048576 wbps=2097152 riops=100 wiops=200";
    check(
        limits,
        "blkio",
        "blkio.throttle.read_bps_device",
        "io.max",
        disk + " 1048576",
        all,
        "",
        "");
    check(
        limits, "blkio", "blkio.throttle.write_iops_device", "io.max", disk + " 200", all, "", "");
  }

  @Test
  void hugePages_onV2OrBesideV1_areTheKernels() {
    CgroupLimits limits = none().withHugePages(HUGE, 3 * HUGE);
    if (v2 && Files.isDirectory(Path.of("/run/systemd/system"))) {
      refused(limits, "hugetlb controller"); // which systemd keeps
      return;
    }
    Path top = v2 ? V2Cgroups.base(layout) : layout.v2().orElseThrow().mountPoint();
    Path group = top.resolve(Cgroups.FAMILY).resolve(engineId).resolve("c1");
    try (ContainerCgroup container = cgroups.create("c1", limits)) {
      assertEquals(Optional.of(group), container.membership().unified());
      assertEquals(Long.toString(3 * HUGE), CgroupFiles.read(group.resolve("hugetlb.2MB.max")));
      container.change(limits, none());
      assertEquals("max", CgroupFiles.read(group.resolve("hugetlb.2MB.max")));
    }
    assertTrue(Files.notExists(group));
  }

  @Test
  void hugePages_ofASizeThatTheKernelLacks_namesWhereToLook() {
    boolean kept = v2 && Files.isDirectory(Path.of("/run/systemd/system"));
    refused(
        none().withHugePages(12345 << 10, HUGE),
        kept ? "hugetlb controller" : "/sys/kernel/mm/hugepages");
  }

  @Test
  void change_thatIsRefusedHalfway_leavesWhatWas() {
    CgroupLimits before = none().withMemory(32 << 20).withPids(9);
    CgroupLimits after = none().withMemory(64 << 20).withCpuset("4095").withPids(5);
    try (ContainerCgroup group = cgroups.create("c1", before)) {
      CgroupException e = assertThrows(CgroupException.class, () -> group.change(before, after));
      assertTrue(e.toString().contains("4095"), e::toString);
      assertEquals(32 << 20, group.usage().memory().limit().bytes());
      assertEquals(OptionalLong.of(9), group.usage().pids().limit());
    }
  }

  @Test
  void change_toTheSame_writesNothing() {
    CgroupLimits limits = none().withMemory(32 << 20).withCpus(1).withPids(9);
    assertTrue(limits.changesFrom(limits).memory().isEmpty());
    assertTrue(limits.changesFrom(limits).quota().isEmpty());
    assertTrue(limits.changesFrom(limits).pids().isEmpty());
  }

  private void refused(CgroupLimits limits, String part) {
    CgroupException e = assertThrows(CgroupException.class, () -> cgroups.create("c1", limits));
    assertTrue(e.toString().contains(part), e::toString);
  }
}
