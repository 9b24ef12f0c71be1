package io.jollyboat.engine;

import io.jollyboat.BuildSpec;
import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ContainerState.Status;
import io.jollyboat.Containers;
import io.jollyboat.Event;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The containers of an engine, and through their records those of others. Safe for several threads.
 */
final class ContainerRuns implements Containers, AutoCloseable {
  private final EngineParts parts;
  private final ContainerDirectory directory;
  private final Map<ContainerId, LiveContainer> live = new ConcurrentHashMap<>();
  private final Alarms alarms = new Alarms();
  private final EventFeed events = new EventFeed();
  private volatile boolean closed;

  ContainerRuns(EngineParts parts, ContainerDirectory directory) {
    this.parts = parts;
    this.directory = directory;
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
    tell(Event.Kind.CREATE, container);
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
        container, directory.of(container.id()), parts.store(), parts.mounts(), this::neighbour);
  }

  /** Access to the files of a container, through which one that does not run is held. */
  HeldFiles files(LiveContainer container) {
    return new HeldFiles(container::name, () -> hold(container));
  }

  private HeldFiles.IsolatedFiles hold(LiveContainer container) {
    directory.renewWork(container.id());
    HeldFiles.IsolatedFiles held = parts.isolator().hold(plan(container));
    return new HeldFiles.IsolatedFiles(
        held.process(),
        () -> {
          held.rest().close();
          directory.renewWork(container.id());
        });
  }

  ContainerContent content() {
    return parts.content();
  }

  /** A call that an engine's close ends. */
  <T> T underway(String what, Supplier<T> call) {
    return parts.underway().call(what, call);
  }

  ContainerCommands commands() {
    return parts.commands();
  }

  private Neighbour neighbour(String nameOrId) {
    Container other =
        find(nameOrId)
            .orElseThrow(() -> new IllegalArgumentException("there is no container " + nameOrId));
    if (!(other instanceof LiveContainer live)) {
      throw new IllegalArgumentException(
          "container " + nameOrId + " is another engine's, and lends its namespaces there only");
    }
    return live.neighbour(directory.of(live.id()));
  }

  Alarms alarms() {
    return alarms;
  }

  EventFeed events() {
    return events;
  }

  void tell(Event.Kind kind, LiveContainer container) {
    events.tell(kind, container.record());
  }

  void tell(Event.Kind kind, LiveContainer container, String fact, String value) {
    events.tell(kind, container.record(), Map.of(fact, value));
  }

  /** Removes what an earlier run needed; what the container has written stays. */
  void clear(LiveContainer container, ContainerRun earlier) {
    earlier.close();
    directory.renewWork(container.id());
  }

  ContainerRecord rename(ContainerRecord record, String name) {
    return directory.rename(record, name);
  }

  void remove(LiveContainer container, Optional<ContainerRun> run) {
    try (CloseStack all = new CloseStack()) {
      all.push(() -> directory.remove(container.record()));
      run.ifPresent(all::push);
    }
    live.remove(
        container.id()); // what failed is tried again by the next close, at last the engine's
  }

  boolean uses(ImageId image) {
    return live.values().stream().anyMatch(container -> container.image().equals(image))
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

  @Override
  public List<ContainerId> prune() {
    List<ContainerId> removed = new ArrayList<>();
    for (LiveContainer container : live.values()) {
      Status status = container.state().status();
      if (status == Status.CREATED || status == Status.EXITED) {
        container.remove();
        removed.add(container.id());
      }
    }
    return removed;
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
    try (CloseStack all = new CloseStack()) {
      all.push(events);
      all.push(alarms);
      live.values().stream()
          .sorted(Comparator.comparing(container -> container.record().created()))
          .forEach(all::push);
    }
  }
}
