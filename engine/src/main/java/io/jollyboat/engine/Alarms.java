package io.jollyboat.engine;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What an engine does later and beside its callers' threads. Threads are daemons, and there are
 * none while nothing is to be done. Safe for use by several threads.
 */
final class Alarms implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService workers;

  Alarms() {
    timer = new ScheduledThreadPoolExecutor(0, daemons("jollyboat alarms"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    workers =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons("jollyboat worker"));
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Does something short later, unless it is cancelled before or the engine closed. */
  Future<?> later(Duration delay, Runnable action) {
    try {
      return timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw Underway.closed();
    }
  }

  /** Does now, on a thread of its own, what may take long; an interrupt ends it. */
  Future<?> start(Runnable work) {
    try {
      return workers.submit(work);
    } catch (RejectedExecutionException e) {
      throw Underway.closed();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdownNow();
  }
}
