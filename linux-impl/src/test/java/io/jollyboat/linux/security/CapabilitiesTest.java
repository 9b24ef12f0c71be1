package io.jollyboat.linux.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
  @Test
  void standard_asStatusPrintsIt_isDockersMask() {
    assertEquals("00000000a80425fb", Capabilities.DEFAULT.toString());
    assertEquals(14, Capabilities.DEFAULT.names().size());
  }

  @Test
  void of_withAndWithoutPrefix_isTheSame() {
    assertEquals(Capabilities.of("CAP_SYS_ADMIN"), Capabilities.of("sys_admin"));
    assertEquals(1L << 21, Capabilities.of("SYS_ADMIN").bits());
    assertEquals(List.of("CAP_SYS_ADMIN", "CAP_BPF"), Capabilities.of("BPF", "SYS_ADMIN").names());
    assertEquals(1L << 40, Capabilities.of("CHECKPOINT_RESTORE").bits());
  }

  @Test
  void changed_addedAndDropped_isAsDockerReadsIt() {
    Capabilities usual = Capabilities.DEFAULT;
    assertEquals(usual, usual.changed(List.of(), List.of()));
    assertEquals(Capabilities.of("KILL"), usual.changed(List.of("kill"), List.of("ALL")));
    assertEquals(
        Capabilities.ALL.without(Capabilities.of("SYS_TIME")),
        usual.changed(List.of("ALL", "KILL"), List.of("SYS_TIME")));
    assertEquals(
        usual.with(Capabilities.of("SYS_TIME")).without(Capabilities.of("CHOWN")),
        usual.changed(List.of("SYS_TIME", "KILL"), List.of("CHOWN", "KILL")));
    assertThrows(IllegalArgumentException.class, () -> usual.changed(List.of(), List.of("KILLER")));
  }

  @Test
  void ofStatus_aProcessBoundedBelowItsOwn_isWhatItCanHandOn() {
    assertEquals(
        new Capabilities(0b0110),
        Capabilities.ofStatus(
            "CapInh:\t0\nCapPrm:\t000001ffffffff0e\nCapEff:\t0\nCapBnd:\t0000000000000007\n"));
  }

  @Test
  void of_unknown_namesIt() {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> Capabilities.of("CAP_SYS_AMDIN"));
    assertTrue(e.toString().contains("CAP_SYS_AMDIN"), e::toString);
  }
}
