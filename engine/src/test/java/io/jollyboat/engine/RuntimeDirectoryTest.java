package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.StoreException;
import io.jollyboat.linux.rootfs.FlockFileLocks;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {
  private final FileLocks locks = new FlockFileLocks();
  private final List<String> visited = new ArrayList<>();

  private final Path directory;
  private final Path base;

  RuntimeDirectoryTest(@TempDir Path directory) {
    this.directory = directory;
    this.base = directory.resolve("run");
  }

  @Test
  void sweep_ofADeadEngine_visitsAndForgetsIt() throws IOException {
    Path dead = dead("00000001", "/nowhere");
    try (RuntimeDirectory own = enter()) {
      own.sweep(locks, (id, root) -> visited.add(id + " " + root));
    }
    assertEquals(List.of("00000001 /nowhere"), visited);
    assertFalse(Files.exists(dead));
  }

  @Test
  void sweep_ofALivingEngine_leavesIt() {
    try (RuntimeDirectory living = enter();
        RuntimeDirectory own = enter()) {
      own.sweep(locks, (id, root) -> visited.add(id));
      assertEquals(List.of(), visited);
      assertTrue(Files.exists(base.resolve(living.engineId()).resolve("lock")));
    }
  }

  @Test
  void sweep_thatFailsForOne_goesOnAndTriesItAgainTheNextTime() throws IOException {
    Path stubborn = dead("00000001", "/stubborn");
    Path other = dead("00000002", "/other");
    try (RuntimeDirectory own = enter()) {
      own.sweep(
          locks,
          (id, root) -> {
            if (root.endsWith("stubborn")) {
              throw new StoreException("no", null);
            }
          });
      assertTrue(Files.exists(stubborn));
      assertFalse(Files.exists(other));
      own.sweep(locks, (id, root) -> visited.add(id));
    }
    assertEquals(List.of("00000001"), visited);
    assertFalse(Files.exists(stubborn));
  }

  @Test
  void sweep_bySeveralAtOnce_failsForNone() throws IOException {
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < 10; i++) {
        Path unused = dead("0000000" + i, "/nowhere");
      }
      List<Callable<String>> engines = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        engines.add(
            () -> {
              try (RuntimeDirectory own = enter()) {
                own.sweep(locks, (id, root) -> {});
                return own.engineId();
              }
            });
      }
      assertEquals(4, Parallel.run("sweep", 4, engines).size());
    }
    try (RuntimeDirectory last = enter()) {
      last.sweep(locks, (id, root) -> {});
    }
    try (var left = Files.list(base)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void sweep_ofAnEngineKilledWhileItEntered_visitsNothing() throws IOException {
    Path dead = dead("new-123", "");
    Files.setLastModifiedTime(dead, java.nio.file.attribute.FileTime.fromMillis(0));
    try (RuntimeDirectory own = enter()) {
      own.sweep(locks, (id, root) -> visited.add(id));
    }
    assertEquals(List.of(), visited);
    assertFalse(Files.exists(dead));
  }

  private RuntimeDirectory enter() {
    return RuntimeDirectory.enter(base, locks, directory);
  }

  /** What a killed engine leaves. */
  private Path dead(String id, String root) throws IOException {
    Path engine = Files.createDirectories(base.resolve(id));
    Files.writeString(engine.resolve("root"), root);
    Files.writeString(engine.resolve("lock"), "");
    return engine;
  }
}
