package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MountTableTest {
  @Test
  void line_withTagsAndABlankInItsPath_isRead() {
    MountTable.Line line =
        MountTable.parse(
            "36 35 98:0 /a /mnt/x\\040y rw,noatime shared:7 master:1 - ext3 /dev/r rw");
    assertEquals(new MountTable.Line(Path.of("/mnt/x y"), List.of("shared:7", "master:1")), line);
    assertTrue(line.isShared() && line.isSlave());
    assertFalse(MountTable.parse("1 0 0:1 / / rw - tmpfs t rw").isShared());
  }

  @Test
  void holding_aPathBelowAMount_isThatMount() throws IOException {
    assertEquals(Path.of("/proc"), MountTable.read().holding(Path.of("/proc/self")).mountPoint());
  }
}
