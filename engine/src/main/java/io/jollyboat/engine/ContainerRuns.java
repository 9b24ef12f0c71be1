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
import io.jollyboat.JollyboatException;
import io.jollyboat.Progress;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.linux.process.InheritedLock;
import io.jollyboat.linux.process.OutputLog;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.FileLocks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The containers of an engine, and through their records those of others. Safe for several threads.
 */
final class ContainerRuns implements Containers, AutoCloseable {
  private static final int MOST_TRIES = 3;

  private final EngineParts parts;
  private final ContainerDirectory directory;
  private final RootDisks disks;
  private final FileLocks locks;
  private final Object adoption = new Object();
  private final Map<ContainerId, LiveContainer> live = new ConcurrentHashMap<>();
  private final Alarms alarms = new Alarms();
  private final EventFeed events = new EventFeed();
  private volatile boolean closed;

  ContainerRuns(EngineParts parts, ContainerDirectory directory, RootDisks disks, FileLocks locks) {
    this.parts = parts;
    this.directory = directory;
    this.disks = disks;
    this.locks = locks;
  }

  /** Create, start, wait until ready; a failure leaves nothing. */
  Container run(ContainerSpec spec, Progress progress) {
    LiveContainer container = create(spec, progress);
    try {
      container.start();
      return container;
    } catch (RuntimeException | Error e) {
      try {
        container.destroy();
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
    if (spec.outlivesEngine() && spec.rootSize().isPresent()) {
      throw new ConflictException(
          "the root of a detached container cannot have a size: the file system for it is held by"
              + " this process; leave out rootSize() or detached()",
          "rootSize");
    }
    StoredImage image = image(spec, progress);
    ContainerRecord record = recorded(spec, image);
    for (int tries = 1; !parts.store().retention().isThere(image.id()); tries++) {
      directory.remove(record);
      if (tries == MOST_TRIES) {
        throw new ImageNotFoundException(
            "image " + image.id() + " was removed while a container was made of it",
            image.id().toString());
      }
      image = image(spec, progress);
      record = recorded(spec, image);
    }
    return created(spec, image, record);
  }

  /** Written down before the image is looked at again: who prunes sees one or the other. */
  private ContainerRecord recorded(ContainerSpec spec, StoredImage image) {
    ContainerRecord record =
        ContainerRecord.of(Ids.next(), spec, owner(spec), image.id(), Instant.now());
    directory.create(record, spec);
    return record;
  }

  private LiveContainer created(ContainerSpec spec, StoredImage image, ContainerRecord record) {
    try {
      spec.rootSize().ifPresent(size -> disks.create(record.id(), record.name(), size));
    } catch (RuntimeException e) {
      directory.remove(record);
      throw e;
    }
    LiveContainer container = new LiveContainer(spec, record, image, this, keep(record));
    live.put(record.id(), container);
    tell(Event.Kind.CREATE, container);
    if (closed) { // after it was put: either this sees that, or close() sees the container
      container.close();
      throw Underway.closed();
    }
    return container;
  }

  private String owner(ContainerSpec spec) {
    return spec.outlivesEngine() ? parts.detachedId() : parts.engineId();
  }

  /** The lock of who sees to a detached container's policy and health: one engine at a time. */
  private Optional<FileLocks.Lock> keep(ContainerRecord record) {
    return record.detached()
        ? locks.tryExclusive(directory.of(record.id()).resolve("keeper"))
        : Optional.empty();
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

  /** Takes over the detached containers that no other engine sees to. */
  void resume() {
    for (ContainerRecord record : directory.list()) {
      if (record.detached()) {
        try {
          Container unused = container(record);
        } catch (JollyboatException e) {
          // One that cannot be taken over must not keep the engine from opening; find() says why.
          System.getLogger(ContainerRuns.class.getName())
              .log(
                  System.Logger.Level.WARNING,
                  "detached container " + record.name() + " cannot be taken over",
                  e);
        }
      }
    }
  }

  private Container container(ContainerRecord record) {
    if (!record.detached()) {
      LiveContainer own = live.get(record.id());
      return own != null ? own : new ForeignContainer(record);
    }
    synchronized (adoption) {
      LiveContainer own = live.get(record.id());
      if (own != null) {
        own.refresh(directory.of(record.id()));
        return own;
      }
      return adopt(record);
    }
  }

  private Container adopt(ContainerRecord record) {
    Optional<StoredImage> image = parts.store().images().find(record.image());
    if (image.isEmpty()) {
      return new ForeignContainer(record); // there is nothing to run it with
    }
    LiveContainer container =
        new LiveContainer(
            directory.spec(record).name(record.name()), record, image.get(), this, keep(record));
    live.put(record.id(), container);
    try {
      container.takeOver(directory.of(record.id()));
    } catch (RuntimeException e) {
      live.remove(record.id());
      container.close();
      throw e;
    }
    return container;
  }

  /** The process of a detached container that still runs. */
  Optional<IsolatedProcess> takeOver(LiveContainer container) {
    return parts.isolator().takeOver(plan(container, Neighbour.Search.NOBODY));
  }

  /** Nothing of a detached container runs on whose monitor was killed. */
  void clearDetached(LiveContainer container) {
    parts.isolator().clearDetached(container.id());
  }

  /** Says something of a detached container's last start to the next engine. */
  void mark(LiveContainer container, String what) {
    if (container.record().detached()) {
      RunFile.mark(directory.of(container.id()), what);
    }
  }

  /**
   * The lock of a detached container, for its removal.
   *
   * @throws ConflictException if another engine has started it
   */
  Optional<InheritedLock> lock(LiveContainer container) {
    return container.record().detached()
        ? Optional.of(Detachment.lock(directory.of(container.id()), container.name()))
        : Optional.empty();
  }

  /** Of a detached container, what tells its last start from others. */
  Optional<String> startKey(LiveContainer container) {
    return container.record().detached()
        ? RunFile.key(directory.of(container.id()))
        : Optional.empty();
  }

  /** The specification of a detached container has changed: the next engine is to know. */
  void keepSpec(LiveContainer container) {
    if (container.record().detached()) {
      directory.keepSpec(container.record(), container.spec());
    }
  }

  OutputLog keptLog(LiveContainer container) {
    return OutputLog.ended(directory.of(container.id()).resolve("log"));
  }

  /** A detached container is let go: it is not this engine's any more. */
  void forget(LiveContainer container) {
    live.remove(container.id(), container);
  }

  IsolatedProcess isolate(LiveContainer container) {
    return parts.isolator().start(plan(container, this::neighbour));
  }

  private ProcessPlan plan(LiveContainer container, Neighbour.Search neighbours) {
    return ContainerPlans.plan(
        container,
        directory.of(container.id()),
        disks.writable(container.id()),
        parts.store(),
        parts.mounts(),
        neighbours);
  }

  /** Access to the files of a container, through which one that does not run is held. */
  HeldFiles files(LiveContainer container) {
    return new HeldFiles(container::name, () -> hold(container));
  }

  private HeldFiles.IsolatedFiles hold(LiveContainer container) {
    disks.renewWork(container.id());
    HeldFiles.IsolatedFiles held = parts.isolator().hold(plan(container, Neighbour.Search.NOBODY));
    return new HeldFiles.IsolatedFiles(
        held.process(),
        () -> {
          held.rest().close();
          disks.renewWork(container.id());
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

  private Optional<Neighbour> neighbour(String nameOrId) {
    Container other =
        find(nameOrId)
            .orElseThrow(() -> new IllegalArgumentException("there is no container " + nameOrId));
    if (!(other instanceof LiveContainer live)) {
      throw new IllegalArgumentException(
          "container " + nameOrId + " is another engine's, and lends its namespaces there only");
    }
    return Optional.of(live.neighbour(directory.of(live.id())));
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
  void clear(LiveContainer container, Optional<ContainerRun> earlier) {
    if (container.record().detached()) {
      earlier.ifPresent(ContainerRun::letGo); // the rest waits for the container's lock
    } else {
      earlier.ifPresent(ContainerRun::close);
      disks.renewWork(container.id());
    }
  }

  ContainerRecord rename(ContainerRecord record, String name) {
    return directory.rename(record, name);
  }

  void remove(LiveContainer container, Optional<ContainerRun> run) {
    try (CloseStack all = new CloseStack()) {
      all.push(() -> directory.remove(container.record()));
      all.push(() -> disks.close(container.id()));
      if (container.record().detached()) {
        all.push(() -> clearDetached(container));
        run.ifPresent(ended -> all.push(ended::letGo));
        run.ifPresent(running -> all.push(running::end));
      } else {
        run.ifPresent(all::push);
      }
    }
    live.remove(
        container.id()); // what failed is tried again by the next close, at last the engine's
  }

  /** The names of the containers that use an image, of every engine on this root. */
  List<String> users(ImageId image) {
    return usersOf(directory.list()).getOrDefault(image, List.of());
  }

  /** As {@link #users}, all of them found when the first is asked for. */
  Function<ImageId, List<String>> usersFromNow() {
    Map<String, Map<ImageId, List<String>>> found = new ConcurrentHashMap<>();
    return image ->
        found
            .computeIfAbsent("users", unused -> usersOf(directory.list()))
            .getOrDefault(image, List.of());
  }

  /** Images that are mounted too. */
  private Map<ImageId, List<String>> usersOf(List<ContainerRecord> records) {
    Map<ImageId, List<String>> users = new HashMap<>();
    for (ContainerRecord record : records) {
      Set<ImageId> used = new HashSet<>(Set.of(record.image()));
      for (String name : record.mountedImages()) {
        parts.store().images().find(name).ifPresent(mounted -> used.add(mounted.id()));
      }
      used.forEach(
          image -> users.computeIfAbsent(image, id -> new ArrayList<>()).add(record.name()));
    }
    return users;
  }

  /** Where a container of this root writes to. */
  Path upper(Container container) {
    return disks.upper(container.id());
  }

  @Override
  public List<Container> list() {
    List<Container> all = new ArrayList<>();
    directory.list().stream()
        .sorted(Comparator.comparing(ContainerRecord::created).reversed())
        .forEach(record -> all.add(listed(record)));
    return all;
  }

  /** One that cannot be taken over must not hide the others. */
  private Container listed(ContainerRecord record) {
    try {
      return container(record);
    } catch (StoreException e) {
      return new ForeignContainer(record);
    }
  }

  @Override
  public List<ContainerId> prune() {
    List<ContainerId> removed = new ArrayList<>();
    for (Container container : list()) {
      Status status = container.state().status();
      boolean own = container instanceof LiveContainer;
      if (own && (status == Status.CREATED || status == Status.EXITED)) {
        container.remove();
        removed.add(container.id());
      }
    }
    return removed;
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
