package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoreException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class UnderwayTest {
  private final Underway underway = new Underway();

  @Test
  void call_afterClose_isAConflict() {
    underway.close();
    assertThrows(ConflictException.class, () -> underway.call("it", () -> 1));
  }

  @Test
  void close_endsACallAndWaitsForIt() throws InterruptedException, ExecutionException {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                underway.call("the wait", () -> waitFor(begun));
              } catch (RuntimeException e) {
                flag.complete(Thread.currentThread().isInterrupted());
                failure.complete(e);
              }
            });
    thread.start();
    begun.await();
    underway.close();
    assertInstanceOf(ConflictException.class, failure.get());
    assertFalse(flag.get(), "the caller's thread was not the one that was interrupted");
    thread.join();
  }

  private static int waitFor(CountDownLatch begun) {
    begun.countDown();
    try {
      Thread.sleep(60_000);
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("interrupted", e);
    }
  }

  @Test
  void close_withinACall_doesNotWaitForItself() {
    assertEquals(
        1,
        underway.call(
            "it",
            () -> {
              underway.close();
              return 1;
            }));
  }

  @Test
  void interrupt_shownAsBrokenOutput_isAnInterruptWithTheFlagSet() {
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedOperationException.class,
        () ->
            underway.call(
                "it",
                () -> {
                  throw new StoreException("cannot write", new InterruptedIOException());
                }));
    assertTrue(Thread.interrupted());
  }

  @Test
  void failure_withoutAnInterrupt_staysWhatItIs() {
    assertThrows(
        StoreException.class,
        () ->
            underway.call(
                "it",
                () -> {
                  throw new StoreException("disk full", null);
                }));
  }
}
