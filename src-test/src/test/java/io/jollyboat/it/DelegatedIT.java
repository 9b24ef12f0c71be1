package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.DelegatedGroups;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.OrdinaryUser;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine of an ordinary user to whom root has given control groups. Overlays in user namespaces
 * came with Linux 5.11.
 */
@IntegrationTest
@EveryKernel
@Tag(EveryKernel.DELEGATED)
@Tag(EveryKernel.SINCE_5_19)
class DelegatedIT {
  private static final Map<String, String> said = new HashMap<>();

  @BeforeAll
  static void tell(@TempDir Path directory) {
    OrdinaryUser user = OrdinaryUser.withSubordinateIds(directory);
    try (DelegatedGroups given = new DelegatedGroups(OrdinaryUser.UID)) {
      said.putAll(
          Story.of(
              user.in(given),
              DelegatedStory.class,
              user.home().resolve("store").toString(),
              "limits",
              "sandbox",
              "memory",
              "pids",
              "pause",
              "stats",
              "update",
              "build",
              "probe"));
      said.put("below", given.below().toString());
      said.put("unified", Boolean.toString(given.unified()));
    }
  }

  private static void assertSaid(String topic, String pattern) {
    String words = said.getOrDefault(topic, "nothing of it in " + said);
    assertTrue(words.matches(pattern), () -> topic + ": " + words);
  }

  @Test
  void run_withLimits_isInAGroupThatHasThem() {
    assertSaid("limits", "67108864 \\| 20 \\| 50000.* \\| MemTotal: +65536 kB \\| exit 0");
  }

  @Test
  void sandbox_asAnOrdinaryUser_runs() {
    assertSaid("sandbox", "0 \\| touch: .*Read-only file system \\| exit 1");
  }

  @Test
  void run_withMoreMemoryThanItMay_isKilledAndSaysSo() {
    assertSaid("memory", "(.* )?exit 137 out of memory");
  }

  @Test
  void run_withMoreProcessesThanItMay_isRefusedThem() {
    assertSaid("pids", ".*([Cc]annot|can't) fork.*");
  }

  @Test
  void pause_andUnpause_work() {
    assertSaid("pause", "PAUSED RUNNING");
  }

  @Test
  void stats_countWhatIsInside() {
    assertSaid("stats", "1 of 7");
  }

  @Test
  void update_changesTheLimits() {
    assertSaid("update", "33554432 \\| 9 \\| .*");
  }

  @Test
  void build_withSteps_runsThemInGroups() {
    assertSaid("build", "built \\| exit 0");
  }

  @Test
  void probe_listsWhatWasGiven() {
    assertSaid("probe", "cgroups AVAILABLE, cgroup memory AVAILABLE, cgroup cpu AVAILABLE, .*");
    assertSaid("probe", ".*cgroup pids AVAILABLE.*");
  }

  @Test
  void close_leavesNoGroup() {
    assertEquals("[]", said.get("below"));
  }
}
