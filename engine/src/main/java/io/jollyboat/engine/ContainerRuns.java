package io.jollyboat.engine;

import io.jollyboat.BuildSpec;
import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Containers;
import io.jollyboat.ExecResult;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.linux.process.ExecOutcome;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.oci.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The containers of an engine, and through their records those of others. Safe for several threads.
 */
final class ContainerRuns implements Containers, AutoCloseable {
  private final EngineParts parts;
  private final ContainerDirectory directory;
  private final Map<ContainerId, LiveContainer> live = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer;
  private volatile boolean closed;

  ContainerRuns(EngineParts parts, ContainerDirectory directory) {
    this.parts = parts;
    this.directory = directory;
    this.timer =
        new ScheduledThreadPoolExecutor(
            0,
            task -> {
              Thread thread = new Thread(task, "jollyboat time limits");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
  }

  /** Create, start, wait until ready; a failure leaves nothing. */
  Container run(ContainerSpec spec, Progress progress) {
    LiveContainer container = create(spec, progress);
    try {
      container.start();
      return container;
    } catch (RuntimeException | Error e) {
      try {
        container.close();
      } catch (RuntimeException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  @Override
  public Container create(ContainerSpec spec) {
    return parts.underway().call("the container's making", () -> create(spec, Progress.none()));
  }

  private LiveContainer create(ContainerSpec spec, Progress progress) {
    if (spec.outlivesEngine()) {
      throw new ConflictException(
          "detached containers are not there yet: keep the engine open as long as the container"
              + " runs",
          "detached");
    }
    StoredImage image = image(spec, progress);
    ContainerRecord record =
        ContainerRecord.of(Ids.next(), spec, parts.engineId(), image.id(), Instant.now());
    LiveContainer container = new LiveContainer(spec, record, image, this);
    directory.create(record);
    live.put(record.id(), container);
    if (closed) { // after it was put: either this sees that, or close() sees the container
      container.close();
      throw Underway.closed();
    }
    return container;
  }

  private StoredImage image(ContainerSpec spec, Progress progress) {
    if (spec.source() instanceof ContainerSpec.Source.Reference reference) {
      return new BaseImage(parts.store(), parts.registry())
          .resolve(reference.name(), Platform.current(), spec.pull(), progress);
    }
    if (spec.source() instanceof ContainerSpec.Source.Stored stored) {
      return parts
          .store()
          .images()
          .find(stored.id())
          .orElseThrow(
              () ->
                  new ImageNotFoundException(
                      "the store has no image " + stored.id(), stored.id().toString()));
    }
    ContainerSpec.Source.Recipe recipe = (ContainerSpec.Source.Recipe) spec.source();
    return parts
        .builder()
        .build(recipe.image(), BuildSpec.defaults(), new SerialProgress(progress));
  }

  IsolatedProcess isolate(LiveContainer container) {
    return parts.isolator().start(plan(container));
  }

  private ProcessPlan plan(LiveContainer container) {
    return ContainerPlans.plan(
        container, directory.of(container.id()), parts.store(), parts.volumes());
  }

  ExecResult exec(LiveContainer container, IsolatedProcess process, String... words) {
    try {
      ExecOutcome outcome = parts.isolator().exec(plan(container), process, List.of(words));
      return new ExecResult(outcome.code(), outcome.out(), outcome.err(), outcome.truncated());
    } catch (IllegalStateException e) {
      // The process's descriptor is closed with the container.
      throw new ConflictException(
          "container " + container.name() + " was closed meanwhile", container.name(), e);
    } catch (KernelException e) {
      if (e.is(Errno.EINTR) && Thread.currentThread().isInterrupted()) {
        throw new InterruptedOperationException(
            "the command in container " + container.name() + " was interrupted", e);
      }
      throw new ContainerException(
          "cannot execute "
              + List.of(words)
              + " in container "
              + container.name()
              + ": "
              + e.getMessage(),
          e.call() + " " + e.what(),
          OptionalInt.of(e.errno().number()),
          "",
          e);
    }
  }

  /** Does something later, unless it is cancelled before or the engine closed. */
  Future<?> later(Duration delay, Runnable action) {
    try {
      return timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw Underway.closed();
    }
  }

  void remove(LiveContainer container, @Nullable IsolatedProcess process) {
    try (CloseStack all = new CloseStack()) {
      all.push(() -> live.remove(container.id()));
      all.push(() -> directory.remove(container.record()));
      if (process != null) {
        all.push(process);
      }
    }
  }

  boolean uses(ImageId image) {
    return live.values().stream().anyMatch(container -> container.image().id().equals(image))
        || directory.list().stream().anyMatch(record -> record.image().equals(image));
  }

  @Override
  public List<Container> list() {
    List<Container> all = new ArrayList<>();
    directory.list().stream()
        .sorted(Comparator.comparing(ContainerRecord::created).reversed())
        .forEach(record -> all.add(container(record)));
    return all;
  }

  private Container container(ContainerRecord record) {
    LiveContainer own = live.get(record.id());
    return own != null ? own : new ForeignContainer(record);
  }

  @Override
  public Optional<Container> find(String nameOrId) {
    List<ContainerRecord> all = directory.list();
    Optional<ContainerRecord> named =
        all.stream()
            .filter(record -> record.name().equals(nameOrId) && directory.ownsName(record))
            .findFirst();
    if (named.isPresent() || nameOrId.isEmpty()) {
      return named.map(this::container);
    }
    List<ContainerRecord> matches =
        all.stream().filter(record -> record.id().hex().startsWith(nameOrId)).toList();
    if (matches.size() > 1) {
      throw new ConflictException(
          matches.size()
              + " containers have ids that begin with "
              + nameOrId
              + ": give more digits",
          nameOrId);
    }
    return matches.stream().findFirst().map(this::container);
  }

  /** Closes every container that is not detached, newest first. */
  @Override
  public void close() {
    closed = true;
    timer.shutdownNow();
    try (CloseStack all = new CloseStack()) {
      live.values().stream()
          .sorted(Comparator.comparing(container -> container.record().created()))
          .forEach(all::push);
    }
  }
}
