package io.jollyboat.linux.cgroup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One container's group in every v1 hierarchy, and one of v2 where it needs what only that has. */
final class V1ContainerCgroup implements ContainerCgroup {
  private static final Duration LONGEST_FREEZE = Duration.ofSeconds(2);

  private final List<Hierarchy> hierarchies;
  private final List<Path> directories;
  private final Optional<Path> unified;
  private volatile Optional<ProcessorList> narrowed = Optional.empty();

  /**
   * {@code directories.get(i)} lies in {@code hierarchies.get(i)}.
   *
   * @param unified a group of v2 beside them, for what v1 lacks
   */
  V1ContainerCgroup(List<Hierarchy> hierarchies, List<Path> directories, Optional<Path> unified) {
    this.hierarchies = hierarchies;
    this.directories = directories;
    this.unified = unified;
  }

  void make() {
    directories.forEach(CgroupFiles::create);
    unified.ifPresent(CgroupFiles::create);
  }

  @Override
  public CgroupMembership membership() {
    return new CgroupMembership(
        directories.stream().map(directory -> directory.resolve("tasks")).toList(),
        narrowed,
        unified);
  }

  @Override
  public Optional<Path> freezerState() {
    return find("freezer").map(directory -> directory.resolve("freezer.state"));
  }

  void limit(CgroupLimits limits) {
    limits.cpuset().ifPresent(list -> narrowed = narrowed(list));
    limits().write(limits);
    if (unified.isPresent() && !limits().countsHugePages()) {
      new V2Limits(unified.get()).hugePages(limits);
    } else {
      limits().hugePages(limits);
    }
  }

  /** No list is the one of the group above. */
  private static Optional<ProcessorList> narrowed(String list) {
    return list.isEmpty() ? Optional.empty() : Optional.of(ProcessorList.parse(list));
  }

  @Override
  public void change(CgroupLimits from, CgroupLimits to) {
    try {
      limit(to.changesFrom(from));
    } catch (CgroupException e) {
      CgroupSweep.undo(e, () -> limit(from.changesFrom(to)));
      throw e;
    }
  }

  void allowDevices(List<DeviceRule> rules) {
    find("devices").ifPresent(directory -> allowOnly(directory, rules));
  }

  static void allowOnly(Path directory, List<DeviceRule> rules) {
    CgroupFiles.write(directory.resolve("devices.deny"), "a");
    for (DeviceRule rule : rules) {
      String file = rule.allow() ? "devices.allow" : "devices.deny";
      CgroupFiles.write(directory.resolve(file), rule.toString());
    }
  }

  @Override
  public ProcessorList processors() {
    return ProcessorList.parse(
        find("cpuset")
            .flatMap(group -> CgroupFiles.readIfPossible(group.resolve("cpuset.cpus")))
            .orElse(""));
  }

  @Override
  public long outOfMemoryKills() {
    return new V1Counts(this::find).outOfMemoryKills();
  }

  @Override
  public CgroupUsage usage() {
    V1Counts counts = new V1Counts(this::find);
    return new CgroupUsage(
        counts.cpu(),
        counts.memory(),
        counts.pids(),
        counts.io(),
        unified.flatMap(group -> new V2Counts(group).pressure()));
  }

  /**
   * A process inside a system call may hold the kernel at FREEZING: asked again until it is
   * through.
   */
  @Override
  public void freeze(BooleanSupplier abandoned) {
    Path state = freezer();
    long end = System.nanoTime() + LONGEST_FREEZE.toNanos();
    int attempt = 0;
    while (System.nanoTime() < end && !abandoned.getAsBoolean()) {
      CgroupFiles.write(state, "FROZEN");
      if (CgroupFiles.read(state).equals("FROZEN")) {
        return;
      }
      boolean stuck = ++attempt % 50 == 0;
      if (stuck) {
        CgroupFiles.write(state, "THAWED"); // two processes may wait for each other
      }
      if (!CgroupFiles.sleep(stuck ? 10 : 1)) {
        break;
      }
    }
    CgroupFiles.write(state, "THAWED");
    throw new CgroupException("the processes of " + state.getParent() + " could not be frozen");
  }

  @Override
  public void thaw() {
    CgroupFiles.write(freezer(), "THAWED");
  }

  @Override
  public boolean isFrozen() {
    return freezerState()
        .flatMap(CgroupFiles::readIfPossible)
        .filter(state -> !state.equals("THAWED"))
        .isPresent();
  }

  @Override
  public void kill() {
    CgroupSweep.kill(find("freezer").or(() -> find("pids")).orElse(directories.get(0)));
  }

  @Override
  public void close() {
    List<Path> all = new ArrayList<>(directories);
    unified.ifPresent(all::add);
    CgroupSweep.remove(all);
  }

  private Path freezer() {
    return limits().directory("freezer").resolve("freezer.state");
  }

  private V1Limits limits() {
    return new V1Limits(this::find);
  }

  private Optional<Path> find(String controller) {
    for (int i = 0; i < hierarchies.size(); i++) {
      if (hierarchies.get(i).has(controller)) {
        return Optional.of(directories.get(i));
      }
    }
    return Optional.empty();
  }
}
