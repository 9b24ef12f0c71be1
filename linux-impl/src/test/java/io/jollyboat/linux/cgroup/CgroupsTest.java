package io.jollyboat.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On this machine's own control groups, v1 or v2, as root. */
@Tag("every-kernel")
@Tag("delegated")
class CgroupsTest {
  private final CgroupLayout layout = CgroupLayout.detect();
  private final String engineId = "test-" + ProcessHandle.current().pid();
  private Cgroups cgroups = Cgroups.unavailable();

  @BeforeEach
  void open() {
    Optional<String> problem = Cgroups.problem(layout);
    if (Boolean.getBoolean("require.root")) {
      assertEquals(Optional.empty(), problem);
    }
    assumeTrue(problem.isEmpty(), () -> "no control groups: " + problem.orElse(""));
    cgroups = Cgroups.open(layout, engineId);
  }

  @AfterEach
  void close() {
    cgroups.close();
    assertFalse(Cgroups.engines(layout).contains(engineId));
  }

  /** A shell that joins the groups as the launcher would, then runs a script. */
  private static Process in(ContainerCgroup group, String script) throws IOException {
    StringBuilder join = new StringBuilder();
    for (Path tasks : group.membership().tasks()) {
      join.append("echo 0 > ").append(tasks).append(" && ");
    }
    group
        .membership()
        .unified()
        .ifPresent(
            path -> join.append("echo 0 > ").append(path.resolve("cgroup.procs")).append(" && "));
    return new ProcessBuilder("/bin/sh", "-c", join + "{ " + script + "; }")
        .redirectErrorStream(true)
        .start();
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void create_noLimits_everyHierarchyHasTheContainersOwnGroup() throws Exception {
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT)) {
      Process process = in(group, "cat /proc/self/cgroup");
      List<String> places = new ArrayList<>(output(process).lines().toList());
      assertEquals(0, process.waitFor());
      places.removeIf(line -> line.startsWith("0::") && !layout.unified());
      assertTrue(places.stream().allMatch(line -> line.endsWith("/c1")), places::toString);
      assertTrue(
          places.stream().allMatch(line -> line.contains("/jollyboat/" + engineId)),
          places::toString);
    }
  }

  @Test
  void create_twice_isRefusedAndTheFirstStays() {
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT)) {
      assertThrows(CgroupException.class, () -> cgroups.create("c1", CgroupLimits.DEFAULT));
      assertEquals(0, group.outOfMemoryKills());
    }
  }

  @Test
  void memory_exceeded_killsAndIsCounted() throws Exception {
    try (ContainerCgroup group =
        cgroups.create(
            "c1", CgroupLimits.DEFAULT.withMemory(16 << 20).withMemoryAndSwap(16 << 20))) {
      Process process = in(group, "dd if=/dev/zero of=/dev/null bs=64M count=1");
      String output = output(process);
      assertTrue(process.waitFor() != 0, output);
      assertTrue(group.outOfMemoryKills() > 0, output);
      assertEquals(countsPeaks("c1"), group.usage().memory().peak().bytes() > 1 << 20);
      assertTrue(group.usage().cpu().total().compareTo(Duration.ZERO) > 0);
    }
  }

  /** v2 does since Linux 5.19. */
  private boolean countsPeaks(String container) {
    return !layout.unified()
        || Files.exists(
            V2Cgroups.base(layout)
                .resolve(Cgroups.FAMILY)
                .resolve(engineId)
                .resolve(container)
                .resolve("memory.peak"));
  }

  @Test
  void memory_raisedAndLowered_takesEffect() {
    CgroupLimits first = CgroupLimits.DEFAULT.withMemory(16 << 20);
    CgroupLimits more = CgroupLimits.DEFAULT.withMemory(64 << 20);
    CgroupLimits less = CgroupLimits.DEFAULT.withMemory(8 << 20);
    try (ContainerCgroup group = cgroups.create("c1", first)) {
      group.change(first, more);
      assertEquals(64 << 20, group.usage().memory().limit().bytes());
      group.change(more, less);
      assertEquals(8 << 20, group.usage().memory().limit().bytes());
    }
  }

  @Test
  void pids_exceeded_forkFails() throws Exception {
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT.withPids(3))) {
      Process process = in(group, "sleep 5 & sleep 5 & sleep 5 & sleep 5 & echo no");
      String output = output(process);
      assertTrue(process.waitFor(10, TimeUnit.SECONDS));
      assertTrue(output.contains("ork"), output);
      group.kill();
    }
  }

  @Test
  void cpus_tenth_isThrottled() throws Exception {
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT.withCpus(0.1))) {
      long start = System.nanoTime();
      Process process = in(group, "timeout 1 sh -c 'while :; do :; done'");
      assertEquals("", output(process));
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      long wall = System.nanoTime() - start;
      Duration used = group.usage().cpu().total();
      assertTrue(used.toNanos() < wall / 3, () -> used + " of " + wall);
    }
  }

  @Test
  void devices_standard_refuseOtherDevices() throws Exception {
    Path directory = Files.createTempDirectory("cg");
    Path node = directory.resolve("mem");
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT)) {
      Process process =
          in(group, "mknod " + node + " c 1 11 && head -c1 /dev/urandom | wc -c && cat < " + node);
      String output = output(process);
      assertTrue(process.waitFor() != 0, output);
      assertTrue(output.startsWith("1\n"), output);
      assertTrue(output.contains("not permitted"), output);
    } finally {
      Files.deleteIfExists(node);
      Files.delete(directory);
    }
  }

  @Test
  void usage_ofWork_isCounted() throws Exception {
    Path directory = Files.createTempDirectory("cg");
    Path file = directory.resolve("written");
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT.withPids(50))) {
      Process process =
          in(
              group,
              "dd if=/dev/zero of="
                  + file
                  + " bs=1M count=4 oflag=direct 2>&1; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo; sleep 100");
      try (BufferedReader said = process.inputReader()) {
        String line = said.readLine();
        while (line != null && !line.isEmpty()) { // until it sleeps
          line = said.readLine();
        }
      }
      CgroupUsage usage = group.usage();
      assertTrue(usage.cpu().total().toMillis() > 10, usage::toString);
      assertFalse(usage.cpu().user().plus(usage.cpu().system()).isZero(), usage::toString);
      assertEquals(OptionalLong.of(50), usage.pids().limit());
      assertTrue(usage.memory().charged().bytes() > 0, usage::toString);
      assertTrue(usage.memory().used().compareTo(usage.memory().charged()) <= 0, usage::toString);
      assertTrue(usage.memory().details().containsKey("inactive_file"), usage::toString);
      long written = usage.io().stream().mapToLong(io -> io.written().bytes()).sum();
      assertTrue(written >= 4 << 20, usage::toString);
      assertEquals(layout.unified(), usage.pressure().isPresent());
      group.kill();
      assertTrue(process.waitFor(5, TimeUnit.SECONDS));
    } finally {
      Files.deleteIfExists(file);
      Files.delete(directory);
    }
  }

  @Test
  void freeze_thenThaw_stopsAndGoesOn() throws Exception {
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT)) {
      Process process = in(group, "while :; do :; done");
      while (group.usage().cpu().total().isZero()) {
        Thread.sleep(5);
      }
      group.freeze(() -> false);
      Duration before = group.usage().cpu().total();
      Thread.sleep(100);
      assertEquals(before, group.usage().cpu().total());
      group.thaw();
      while (group.usage().cpu().total().equals(before)) {
        Thread.sleep(5);
      }
      group.kill();
      assertTrue(process.waitFor(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void freeze_abandoned_throwsAndAllRunOn() throws Exception {
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT)) {
      Process process = in(group, "echo started; while :; do :; done");
      assertEquals('s', process.getInputStream().read());
      if (!layout.unified()) { // there the first look may already find it frozen
        assertThrows(CgroupException.class, () -> group.freeze(() -> true));
      }
      Duration before = group.usage().cpu().total();
      while (group.usage().cpu().total().equals(before)) {
        Thread.sleep(5);
      }
      group.kill();
      assertTrue(process.waitFor(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void freeze_thenKill_endsAll() throws Exception {
    try (ContainerCgroup group = cgroups.create("c1", CgroupLimits.DEFAULT)) {
      Process process = in(group, "sleep 100 & echo started; wait");
      assertEquals('s', process.getInputStream().read());
      group.freeze(() -> false);
      assertEquals(2, group.usage().pids().current());
      group.kill();
      assertTrue(process.waitFor(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void monitor_joinsTheEnginesGroups_whichThenCanStillBeRemoved() throws Exception {
    for (Path file : cgroups.monitorFiles()) {
      assertTrue(file.toString().contains(engineId), file::toString);
      Process process = new ProcessBuilder("/bin/sh", "-c", "echo 0 > " + file).start();
      assertEquals(0, process.waitFor());
    }
  }

  @Test
  void sweep_ofADeadEngine_killsAndRemovesAll() throws Exception {
    String dead = engineId + "-dead";
    ContainerCgroup group = Cgroups.open(layout, dead).create("c1", CgroupLimits.DEFAULT);
    Process process = in(group, "sleep 100 & echo started; wait");
    assertEquals('s', process.getInputStream().read());
    assertTrue(Cgroups.engines(layout).contains(dead));
    Cgroups.sweep(layout, dead);
    assertFalse(Cgroups.engines(layout).contains(dead));
    assertTrue(process.waitFor(5, TimeUnit.SECONDS));
    group.close();
  }

  @Test
  void limit_thatTheKernelRefuses_saysWhichAndLeavesNothing() {
    CgroupLimits limits = CgroupLimits.DEFAULT.withCpuset("4095");
    CgroupException e = assertThrows(CgroupException.class, () -> cgroups.create("c1", limits));
    assertTrue(e.toString().contains("4095"), e::toString);
    cgroups.create("c1", CgroupLimits.DEFAULT).close();
  }
}
