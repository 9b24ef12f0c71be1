package io.jollyboat.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CgroupLayoutTest {
  private static final String V1_MOUNTS =
      """
      30 20 0:26 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
      31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
      32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
      33 30 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/x,name=systemd
      """;
  private static final String V1_SELF = "5:name=systemd:/a\n4:memory:/big/job\n3:cpu,cpuacct:/\n";

  @Test
  void parse_v1_findsHierarchiesAndOwnPlace() {
    CgroupLayout layout = CgroupLayout.parse(V1_MOUNTS, V1_SELF);
    assertFalse(layout.unified());
    assertEquals(3, layout.v1().size());
    assertEquals(Set.of("cpu", "cpuacct"), layout.v1().get(0).controllers());
    assertEquals("cpu,cpuacct", layout.v1().get(0).name());
    assertEquals(Path.of("/sys/fs/cgroup/memory/big/job"), layout.v1().get(1).own());
    assertEquals(Set.of("name=systemd"), layout.v1().get(2).controllers());
  }

  @Test
  void parse_v1WithUnifiedBeside_countsAsV1() {
    CgroupLayout layout =
        CgroupLayout.parse(
            V1_MOUNTS + "40 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
            V1_SELF + "0::/\n");
    assertFalse(layout.unified());
    assertTrue(layout.v2().isPresent());
  }

  @Test
  void parse_v2WithNamedHierarchy_isUnified() {
    CgroupLayout layout =
        CgroupLayout.parse(
            """
            40 30 0:30 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate
            33 30 0:29 / /run/old rw - cgroup cgroup rw,name=systemd
            """,
            "1:name=systemd:/\n0::/user.slice/run-1.scope\n");
    assertTrue(layout.unified());
    assertEquals(Path.of("/sys/fs/cgroup/user.slice/run-1.scope"), layout.v2().orElseThrow().own());
  }

  @Test
  void parse_mountOfAPart_placesItselfBelowThat() {
    String mounts = "31 30 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
    assertEquals(
        Path.of("/sys/fs/cgroup/memory/x"),
        CgroupLayout.parse(mounts, "1:memory:/docker/abc/x\n").v1().get(0).own());
    assertEquals(
        Path.of("/sys/fs/cgroup/memory"),
        CgroupLayout.parse(mounts, "1:memory:/elsewhere\n").v1().get(0).own());
  }

  @Test
  void weight_ofShares_isTheCurveThatMapsTheOrdinaryToTheOrdinary() {
    assertEquals(1, V2Limits.weight(2));
    assertEquals(100, V2Limits.weight(1024));
    assertEquals(10_000, V2Limits.weight(262_144));
  }
}
