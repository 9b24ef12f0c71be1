package io.jollyboat.engine;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.JollyboatException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Does several things at once and ends with all of them, whatever happens. */
final class Parallel {
  private Parallel() {}

  /**
   * Runs tasks, at most {@code most} at a time; the first failure interrupts the others.
   *
   * @param what for the message of an interrupt
   */
  static <T> List<T> run(String what, int most, List<Callable<T>> tasks) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(most, tasks.size())),
            task -> {
              Thread thread = new Thread(task, "jollyboat " + what);
              thread.setDaemon(true);
              return thread;
            });
    try {
      return collect(threads, tasks);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException(what + " was interrupted", e);
    } finally {
      end(threads);
    }
  }

  private static <T> List<T> collect(ExecutorService threads, List<Callable<T>> tasks)
      throws InterruptedException {
    CompletionService<T> ended = new ExecutorCompletionService<>(threads);
    List<Future<T>> futures = new ArrayList<>();
    tasks.forEach(task -> futures.add(ended.submit(task)));
    List<T> results = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      get(ended.take());
    }
    for (Future<T> future : futures) {
      results.add(get(future));
    }
    return results;
  }

  private static <T> T get(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof JollyboatException known) {
        throw known;
      }
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Interrupts what still runs and waits for it: nothing may go on after the call has returned. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = Thread.interrupted();
    boolean done = false;
    while (!done) {
      try {
        done = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
