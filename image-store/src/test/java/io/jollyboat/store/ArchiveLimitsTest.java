package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ArchiveLimitsTest {
  private static TarHeader file(long size) {
    return new TarHeader("f", '0', 0644, 0, 0, Instant.EPOCH, size, "", 0, 0, new TreeMap<>());
  }

  @Test
  void entry_millions_areAMillionTooMany() throws IOException {
    ArchiveLimits limits = new ArchiveLimits();
    TarHeader empty = file(0);
    for (int i = 0; i < 4_000_000; i++) {
      limits.entry(empty);
    }
    refused("members", () -> limits.entry(empty));
  }

  @Test
  void entry_filesLargerThanAnyDisk_areRefused() {
    refused("bytes", () -> new ArchiveLimits().entry(file(Long.MAX_VALUE)));
    ArchiveLimits limits = new ArchiveLimits();
    refused(
        "bytes",
        () -> {
          for (int i = 0; i < 3; i++) {
            limits.entry(file(200L << 30));
          }
        });
  }

  @Test
  void expansion_beyondTheRatio_isRefusedOnceItIsMuch() {
    assertDoesNotThrow(() -> ArchiveLimits.expansion(1, 100 << 20));
    assertDoesNotThrow(() -> ArchiveLimits.expansion(1 << 20, 200 << 20));
    refused("expands", () -> ArchiveLimits.expansion(1 << 19, 200 << 20));
  }

  @Test
  void path_longOrDeep_isRefused() {
    assertDoesNotThrow(() -> ArchiveLimits.path("a".repeat(4096)));
    refused("4096", () -> ArchiveLimits.path("a".repeat(4097)));
    refused("deep", () -> ArchiveLimits.path("a/".repeat(1001) + "a"));
  }

  private static void refused(String why, Executable call) {
    Exception e = assertThrows(IOException.class, call);
    assertTrue(e.toString().contains(why), e::toString);
  }
}
