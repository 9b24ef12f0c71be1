package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoreException;
import io.jollyboat.spi.host.FileLocks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try")
final class FlockFileLocksTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final FileLocks locks = new FlockFileLocks();

  @Test
  void tryExclusive_heldBySameProcess_isEmpty() {
    Path file = directory.resolve("lock");
    FileLocks.Lock held = locks.exclusive(file);
    assertTrue(locks.tryExclusive(file).isEmpty());
    held.close();
    held.close();
    FileLocks.Lock again = locks.tryExclusive(file).orElseThrow();
    again.close();
  }

  @Test
  void shared_heldShared_isGivenAndKeepsExclusiveOut() {
    Path file = directory.resolve("lock");
    try (FileLocks.Lock first = locks.shared(file);
        FileLocks.Lock second = locks.shared(file)) {
      assertTrue(locks.tryExclusive(file).isEmpty());
    }
    locks.exclusive(file).close();
  }

  @Test
  void exclusive_manyThreads_areAlone() throws Exception {
    Path file = directory.resolve("lock");
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                for (int j = 0; j < 20; j++) {
                  try (FileLocks.Lock lock = locks.exclusive(file)) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    inside.decrementAndGet();
                  }
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(most.get() == 1);
  }

  @Test
  void exclusive_interrupted_throwsWithTheFlagSet() throws Exception {
    Path file = directory.resolve("lock");
    CountDownLatch threw = new CountDownLatch(1);
    try (FileLocks.Lock held = locks.exclusive(file)) {
      Thread waiter =
          new Thread(
              () -> {
                assertThrows(InterruptedOperationException.class, () -> locks.exclusive(file));
                if (Thread.currentThread().isInterrupted()) {
                  threw.countDown();
                }
              });
      waiter.start();
      waiter.interrupt();
      waiter.join();
      assertTrue(threw.getCount() == 0);
      assertFalse(locks.tryExclusive(file).isPresent());
    }
  }

  @Test
  void exclusive_noDirectory_namesTheFile() {
    Path file = directory.resolve("missing/lock");
    StoreException e = assertThrows(StoreException.class, () -> locks.exclusive(file));
    assertTrue(String.valueOf(e.getMessage()).contains(file.toString()));
    assertFalse(Files.exists(file));
  }
}
