package io.jollyboat.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Size;
import io.jollyboat.Stats;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineViewTest {
  private static final MachineView MACHINE =
      MachineView.of(
          "processor\t: 0\nmodel name\t: A\n\nprocessor\t: 1\nmodel name\t: B\n\n",
          "cpu  1 2 3\nbtime 1234\n",
          """
          MemTotal:        8000000 kB
          MemFree:         7000000 kB
          MemAvailable:    7000000 kB
          Cached:              100 kB
          SwapTotal:          1000 kB
          SwapFree:            900 kB
          Bounce:               77 kB
          HugePages_Total:       5
          """);

  private static Stats.Cpu used(long seconds) {
    Duration part = Duration.ofSeconds(seconds);
    return new Stats.Cpu(part.plus(part), part, part, 0, 0, Duration.ZERO);
  }

  private static Stats.Memory memory(long limit, long charged, Map<String, Long> details) {
    Size none = new Size(0);
    return new Stats.Memory(none, new Size(charged), none, new Size(limit), none, 0, details);
  }

  @Test
  void cpuinfo_ofSome_hasTheirBlocksUnderTheirOwnNumbers() {
    assertEquals("processor\t: 1\nmodel name\t: B\n\n", MACHINE.cpuinfo(ProcessorList.parse("1")));
  }

  @Test
  void uptime_andIdle_areHundredthsOfSeconds() {
    assertEquals(
        "12.05 22.10\n",
        MACHINE.uptime(ProcessorList.parse("0-1"), Duration.ofMillis(12_050), used(1)));
  }

  @Test
  void stat_spreadsTheTimeAndKeepsTheBoot() {
    String stat = MACHINE.stat(ProcessorList.parse("0-1"), Duration.ofSeconds(10), used(2), 7);
    assertTrue(stat.startsWith("cpu  200 0 200 1600 0 0 0 0 0 0\ncpu0 100 0 100 800 "), stat);
    assertTrue(stat.contains("\ncpu1 100 0 100 800 "), stat);
    assertTrue(stat.contains("\nbtime 1234\nprocesses 7\n"), stat);
  }

  @Test
  void stat_withMoreTimeThanPassed_isNeverNegative() {
    String stat = MACHINE.stat(ProcessorList.parse("0"), Duration.ZERO, used(5), 1);
    assertTrue(stat.startsWith("cpu  500 0 500 0 "), stat);
  }

  @Test
  void meminfo_hasTheLimits_zeroForWhatIsNotCounted_andTheMachinesHugePages() {
    Map<String, Long> v1 = Map.of("cache", 4096L, "inactive_file", 2048L, "active_file", 1024L);
    String meminfo = MACHINE.meminfo(memory(1 << 20, 512 << 10, v1), 0);
    assertEquals(
        """
        MemTotal:           1024 kB
        MemFree:             512 kB
        MemAvailable:        515 kB
        Cached:                4 kB
        SwapTotal:             0 kB
        SwapFree:              0 kB
        Bounce:                0 kB
        HugePages_Total:       5
        """,
        meminfo);
  }

  @Test
  void meminfo_withMoreSwapThanTheMachineHas_hasTheMachines() {
    String meminfo = MACHINE.meminfo(memory(1 << 20, 0, Map.of("file", 8192L)), Long.MAX_VALUE);
    assertTrue(meminfo.contains("SwapTotal:          1000 kB\n"), meminfo);
    assertTrue(meminfo.contains("Cached:                8 kB\n"), meminfo);
  }

  @Test
  void meminfo_ofThisMachine_parsesAndKeepsItsLength() {
    MachineView here = MachineView.ofThisMachine();
    String one = here.meminfo(memory(1L << 31, 1 << 20, Map.of()), 0);
    String other = here.meminfo(memory(1L << 31, 1 << 30, Map.of("file", 1L << 29)), 0);
    assertEquals(one.length(), other.length());
    assertTrue(one.startsWith("MemTotal:        2097152 kB\n"), one);
  }
}
