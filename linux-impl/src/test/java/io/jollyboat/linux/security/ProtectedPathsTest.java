package io.jollyboat.linux.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProtectedPathsTest {
  @Test
  void mayBeMountedOver_proc_onlyWhatLxcfsCovers() {
    assertFalse(ProtectedPaths.mayBeMountedOver("/proc"));
    assertFalse(ProtectedPaths.mayBeMountedOver("/proc/sys"));
    assertFalse(ProtectedPaths.mayBeMountedOver("/proc/self/attr"));
    assertFalse(ProtectedPaths.mayBeMountedOver("/proc/meminfo/x"));
    assertTrue(ProtectedPaths.mayBeMountedOver("/proc/meminfo"));
    assertTrue(ProtectedPaths.mayBeMountedOver("/process"));
  }

  @Test
  void ofThisMachine_always_hidesKeysAndGuardsParameters() {
    ProtectedPaths paths = ProtectedPaths.ofThisMachine();
    assertTrue(paths.masked().contains("/proc/keys"), paths::toString);
    assertTrue(paths.readOnly().contains("/proc/sys"), paths::toString);
  }

  @Test
  void sysctl_ofTheHost_isRefused() {
    assertEquals("net/core/somaxconn", Sysctls.file("net.core.somaxconn", true, true));
    assertEquals("kernel/shmmax", Sysctls.file("kernel.shmmax", true, true));
    assertEquals(
        "net/ipv4/conf/eth0.7/rp_filter",
        Sysctls.file("net.ipv4.conf.eth0/7.rp_filter", true, true));
    assertEquals(
        "net.ipv4.conf.eth0/7.rp_filter", Sysctls.normalized("net/ipv4/conf/eth0.7/rp_filter"));
    assertEquals("fs/mqueue/msg_max", Sysctls.file("fs.mqueue.msg_max", true, true));
    for (String name :
        List.of(
            "kernel.panic",
            "vm.swappiness",
            "net/../kernel/panic",
            "net...kernel.panic",
            "net.x//.kernel.panic",
            "net.")) {
      assertThrows(IllegalArgumentException.class, () -> Sysctls.file(name, true, true), name);
    }
    assertThrows(
        IllegalArgumentException.class, () -> Sysctls.file("net.core.somaxconn", false, true));
    assertThrows(IllegalArgumentException.class, () -> Sysctls.file("kernel.sem", true, false));
  }

  @Test
  void openFiles_hardLimitOfThisProcess_isNotRaised() {
    String header =
        "Limit                     Soft Limit           Hard Limit           Units     \n";
    assertEquals(
        new OpenFilesLimit(1024, 4096),
        OpenFilesLimit.standard(
            header + "Max open files            4096                 4096                 files"));
    assertEquals(
        new OpenFilesLimit(1024, 524288),
        OpenFilesLimit.standard(
            header + "Max open files            4096                 unlimited            files"));
  }
}
