package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.Probe;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What it costs to ask what a machine allows. */
@IntegrationTest
class ProbeIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** In the other process: asks, and counts what it has started. */
  public static void main(String[] words) {
    Probe probe = Engine.probe();
    System.out.println("capabilities " + probe.capabilities().size());
    System.out.println("children " + ProcessHandle.current().children().count());
  }

  @Test
  void probe_ofThisMachine_readsFilesAndLoadsNoLibrary() {
    String said =
        Command.run(
            LIMIT,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load:stdout",
            "-cp",
            System.getProperty("java.class.path"),
            ProbeIT.class.getName());
    assertTrue(said.contains("io.jollyboat.engine.MachineProbe source:"), said);
    assertFalse(said.contains("com.sun.jna.Native source:"), "JNA was loaded");
    assertFalse(said.contains("java.lang.ProcessImpl source:"), "a process was started");
    assertTrue(said.contains("children 0\n"), said);
  }

  @Test
  void probe_asRootOfThisMachine_listsWhatItCan() {
    for (Probe.Capability found : Engine.probe().capabilities()) {
      assertEquals(
          found.status() == Probe.Status.AVAILABLE,
          found.reason().isEmpty() && found.remedy().isEmpty(),
          found.toString());
    }
  }
}
