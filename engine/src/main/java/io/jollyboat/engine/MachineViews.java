package io.jollyboat.engine;

import io.jollyboat.StoreException;
import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.linux.cgroup.MachineView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what limited containers see of the machine fresh: one thread for all of them, once a
 * second, and less often where there are so many that it would take more than a twentieth of one
 * processor. It is there only while such containers run. Safe for use by several threads.
 */
final class MachineViews implements AutoCloseable {
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final int LARGEST_PART = 20;

  private final Map<ViewFiles, ContainerCgroup> followed = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer;
  private @Nullable MachineView machine;
  private boolean ticking;

  MachineViews() {
    timer =
        new ScheduledThreadPoolExecutor(
            0,
            task -> {
              Thread thread = new Thread(task, "jollyboat machine views");
              thread.setDaemon(true);
              return thread;
            });
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
  }

  /** Makes the files of a container that is about to start, if it is limited. */
  Optional<ViewFiles> make(Path directory, Allotment allotment, Set<String> taken) {
    return allotment.limitsMemory() || allotment.limitsProcessors()
        ? ViewFiles.make(machine(), directory, allotment, taken)
        : Optional.empty();
  }

  /** The files of a container that an earlier engine has started. */
  Optional<ViewFiles> find(Path directory, Allotment allotment, Duration age) {
    return ViewFiles.find(machine(), directory, allotment, age);
  }

  private synchronized MachineView machine() {
    if (machine == null) {
      machine = MachineView.ofThisMachine();
    }
    return machine;
  }

  /** Keeps the files fresh until what is returned is closed. */
  AutoCloseable follow(ViewFiles files, ContainerCgroup cgroup) {
    followed.put(files, cgroup);
    synchronized (this) {
      if (!ticking) {
        ticking = true;
        later(FRESH);
      }
    }
    return () -> followed.remove(files);
  }

  private void refresh() {
    long start = System.nanoTime();
    followed.forEach(
        (files, cgroup) -> {
          try {
            files.show(cgroup.usage());
          } catch (CgroupException | StoreException e) {
            return; // it is ending, or the disk is full: the old text stays
          }
        });
    long took = System.nanoTime() - start;
    synchronized (this) {
      ticking = !followed.isEmpty();
      if (ticking) {
        later(Duration.ofNanos(Math.max(FRESH.toNanos(), LARGEST_PART * took)));
      }
    }
  }

  private void later(Duration pause) {
    try {
      var unused = timer.schedule(this::refresh, pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      ticking = false; // the engine is closed
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
