package io.jollyboat.linux.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In groups of a kernel that does not count swap: they lack its file, of v1 as of v2. */
class SwapLimitsTest {
  private static final CgroupLimits SOME =
      CgroupLimits.DEFAULT.withMemory(16 << 20).withMemoryAndSwap(24 << 20);
  private static final CgroupLimits NONE =
      CgroupLimits.DEFAULT.withMemory(16 << 20).withMemoryAndSwap(16 << 20);

  @Test
  void v1_someSwapWhereItIsNotCounted_isRefusedAndNothingIsWritten(@TempDir Path group)
      throws IOException {
    Path memory = Files.createFile(group.resolve("memory.limit_in_bytes"));
    V1Limits limits = new V1Limits(controller -> Optional.of(group));
    refused(() -> limits.write(SOME));
    assertEquals("", Files.readString(memory));
  }

  @Test
  void v1_noSwapWhereItIsNotCounted_limitsMemoryAlone(@TempDir Path group) throws IOException {
    Path memory = Files.createFile(group.resolve("memory.limit_in_bytes"));
    new V1Limits(controller -> Optional.of(group)).write(NONE);
    assertEquals(Integer.toString(16 << 20), Files.readString(memory));
  }

  @Test
  void v2_someSwapWhereItIsNotCounted_isRefused(@TempDir Path group) throws IOException {
    Path unused = Files.createFile(group.resolve("memory.max"));
    refused(() -> new V2Limits(group).write(SOME));
  }

  @Test
  void v2_noSwapWhereItIsNotCounted_limitsMemoryAlone(@TempDir Path group) throws IOException {
    Path memory = Files.createFile(group.resolve("memory.max"));
    new V2Limits(group).write(NONE);
    assertEquals(Integer.toString(16 << 20), Files.readString(memory));
  }

  private static void refused(Runnable write) {
    CgroupException e = assertThrows(CgroupException.class, write::run);
    assertTrue(e.toString().contains("swap cannot be limited"), e::toString);
    assertTrue(e.toString().contains("swapaccount=1"), e::toString);
  }
}
