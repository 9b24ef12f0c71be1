package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Probe;
import io.jollyboat.Probe.Capability;
import io.jollyboat.Probe.Status;
import io.jollyboat.linux.userns.ProcessRights;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineProbeTest {
  private static Capability find(Probe probe, String name) {
    return probe.capabilities().stream()
        .filter(capability -> capability.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + probe));
  }

  @Test
  void look_whateverIsFound_hasOneEntryEachWithReasonAndRemedyWhereSomethingLacks() {
    Probe probe = MachineProbe.look();
    List<String> names = probe.capabilities().stream().map(Capability::name).toList();
    assertEquals(names.stream().distinct().toList(), names);
    for (Capability capability : probe.capabilities()) {
      boolean available = capability.status() == Status.AVAILABLE;
      assertEquals(available, capability.reason().isEmpty(), capability.toString());
      assertEquals(available, capability.remedy().isEmpty(), capability.toString());
    }
  }

  @Test
  void look_namesWhatContainersNeed() {
    Probe probe = MachineProbe.look();
    for (String name :
        List.of(
            "kernel",
            "architecture",
            "native access",
            "executable memory files",
            "namespaces",
            "root",
            "user namespaces",
            "ports below 1024",
            "AppArmor",
            "overlay",
            "store",
            "cgroups",
            "seccomp",
            "root size",
            "bridge")) {
      assertFalse(find(probe, name).name().isEmpty());
    }
  }

  @Test
  void look_asTheUserThatThisIs_saysSo() {
    boolean root = ProcessRights.ofThisProcess().isRootOfMachine();
    Capability found = find(MachineProbe.look(), "root");
    assertEquals(root ? Status.AVAILABLE : Status.DEGRADED, found.status());
    assertTrue(root || found.reason().contains("is user "), found.reason());
  }
}
