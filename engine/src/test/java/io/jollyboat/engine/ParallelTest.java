package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoreException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ParallelTest {
  private final AtomicBoolean cleanedUp = new AtomicBoolean();

  @Test
  void run_givesResultsInTheOrderOfTheTasks() {
    assertEquals(
        List.of(1, 2),
        Parallel.run(
            "it",
            2,
            List.of(
                () -> {
                  Thread.sleep(50);
                  return 1;
                },
                () -> 2)));
  }

  @Test
  void failure_ofOne_endsTheOthersBeforeItIsThrown() {
    List<Callable<Integer>> tasks =
        List.of(
            this::slow,
            () -> {
              Thread.sleep(50);
              throw new StoreException("disk full", null);
            });
    assertThrows(StoreException.class, () -> Parallel.run("it", 2, tasks));
    assertTrue(cleanedUp.get());
  }

  @Test
  void interrupt_endsTheTasksAndKeepsTheFlag() {
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedOperationException.class, () -> Parallel.run("it", 1, List.of(this::slow)));
    assertTrue(Thread.interrupted());
  }

  private int slow() throws InterruptedException {
    try {
      Thread.sleep(60_000);
      return 0;
    } finally {
      Thread.sleep(0);
      cleanedUp.set(true);
    }
  }
}
