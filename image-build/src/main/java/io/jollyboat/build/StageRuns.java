package io.jollyboat.build;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Runs stages, independent ones at the same time, on as many threads as there are processors. When
 * one fails the others are interrupted, and nothing of this goes on when the call has returned.
 */
final class StageRuns {
  private final Build build;
  private final List<BuildStage> stages;
  private final OrderedProgress progress;
  private final List<CompletableFuture<StageResult>> results = new ArrayList<>();
  private final BlockingQueue<Integer> finished = new LinkedBlockingQueue<>();
  private final StageSources sources;

  StageRuns(Build build, List<BuildStage> stages, Progress progress) {
    this.build = build;
    this.stages = stages;
    this.progress = new OrderedProgress(progress, stages.size());
    this.sources = new StageSources(build, stages, this::await);
    stages.forEach(stage -> results.add(new CompletableFuture<>()));
  }

  /** The result of the last stage. */
  StageResult run() {
    if (stages.size() == 1) {
      return StageBuild.run(build, stages.get(0), sources, progress.stage(0));
    }
    int threads = Math.min(stages.size(), Runtime.getRuntime().availableProcessors());
    Queue<Thread> started = new ConcurrentLinkedQueue<>();
    ExecutorService executor =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread = thread(work);
              started.add(thread);
              return thread;
            });
    try {
      for (BuildStage stage : stages) {
        executor.execute(() -> runOne(stage));
      }
      return awaitAll();
    } finally {
      executor.shutdownNow();
      join(started);
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "jollyboat-build");
    thread.setDaemon(true);
    return thread;
  }

  /** Stages are begun in order, so one that waits for another never keeps it from running. */
  private void runOne(BuildStage stage) {
    CompletableFuture<StageResult> result = results.get(stage.index());
    try {
      StageResult done = StageBuild.run(build, stage, sources, progress.stage(stage.index()));
      progress.end(stage.index());
      result.complete(done);
    } catch (CancellationException e) {
      result.cancel(false); // because of another stage, whose failure is the one to report
    } catch (Throwable e) {
      result.completeExceptionally(e);
    } finally {
      finished.add(stage.index());
    }
  }

  private StageResult await(BuildStage stage) {
    CompletableFuture<StageResult> result = results.get(stage.index());
    try {
      return result.get();
    } catch (ExecutionException | CancellationException e) {
      throw new CancellationException("stage " + stage.name() + " failed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("the build was interrupted", e);
    }
  }

  /** Fails as soon as any stage does. */
  private StageResult awaitAll() {
    try {
      for (int left = stages.size(); left > 0; left--) {
        BuildStage ended = stages.get(finished.take());
        CompletableFuture<StageResult> result = results.get(ended.index());
        if (result.isCompletedExceptionally() && !result.isCancelled()) {
          progress.flush(ended.index());
          return result.get();
        }
      }
      return results.get(results.size() - 1).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("the build was interrupted", e);
    } catch (ExecutionException e) {
      throw rethrown(e);
    }
  }

  private static RuntimeException rethrown(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(e);
  }

  /** Threads that were interrupted clean up behind themselves; the caller waits for that. */
  private static void join(Iterable<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
