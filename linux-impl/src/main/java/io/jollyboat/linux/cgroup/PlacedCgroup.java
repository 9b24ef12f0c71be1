package io.jollyboat.linux.cgroup;

import io.jollyboat.linux.syscall.Fd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The groups of one container at a place that somebody else has chosen: the same path in every v1
 * hierarchy, or one group of v2. What is written there is the caller's choice, file by file. Safe
 * for use by several threads.
 */
public final class PlacedCgroup {
  private static final List<String> PASSED_DOWN =
      List.of("memory", "cpu", "cpuset", "pids", "io", "hugetlb", "rdma");

  private final CgroupLayout layout;
  private final List<Path> directories;
  private final ContainerCgroup groups;

  private PlacedCgroup(CgroupLayout layout, List<Path> directories) {
    this.layout = layout;
    this.directories = List.copyOf(directories);
    this.groups =
        layout.unified()
            ? new V2ContainerCgroup(directories.get(0))
            : new V1ContainerCgroup(layout.v1(), directories, Optional.empty());
  }

  /**
   * @param path from the top of a hierarchy when it is absolute, else from this process's own group
   * @throws CgroupException where no control groups are mounted, or the path leads upwards
   */
  public static PlacedCgroup at(CgroupLayout layout, String path) {
    if (layout.none()) {
      throw new CgroupException("no cgroup hierarchy is mounted; mount cgroup2 at /sys/fs/cgroup");
    }
    List<Hierarchy> hierarchies =
        layout.unified() ? List.of(layout.v2().orElseThrow()) : layout.v1();
    List<Path> directories = new ArrayList<>();
    for (Hierarchy hierarchy : hierarchies) {
      Path from = path.startsWith("/") ? hierarchy.mountPoint() : hierarchy.own();
      Path directory = from.resolve(path.replaceFirst("^/+", "")).normalize();
      if (directory.equals(from) || !directory.startsWith(from)) {
        throw new CgroupException("\"" + path + "\" is no path of a cgroup below another");
      }
      directories.add(directory);
    }
    return new PlacedCgroup(layout, directories);
  }

  /**
   * Groups that exist below these.
   *
   * @param paths by controller, the empty name for all; those of other hierarchies stay
   * @throws CgroupException where there is no such group, or the path leads upwards
   */
  public PlacedCgroup below(Map<String, String> paths) {
    List<Path> places = new ArrayList<>(directories);
    paths.forEach(
        (controller, path) -> {
          List<Integer> meant =
              IntStream.range(0, places.size())
                  .filter(i -> controller.isEmpty() || hierarchies().get(i).has(controller))
                  .boxed()
                  .toList();
          if (meant.isEmpty()) {
            throw new CgroupException("the cgroup controller " + controller + " is not there");
          }
          meant.forEach(i -> places.set(i, existing(directories.get(i), path)));
        });
    return new PlacedCgroup(layout, places);
  }

  private static Path existing(Path directory, String path) {
    Path place = directory.resolve(path.replaceFirst("^/+", "")).normalize();
    if (!place.startsWith(directory) || !Files.isDirectory(place)) {
      throw new CgroupException("there is no cgroup \"" + path + "\" below " + directory);
    }
    return place;
  }

  /** Whether it is one group of v2. */
  public boolean unified() {
    return layout.unified();
  }

  /** Where the groups are, in the order of the hierarchies. */
  public List<Path> directories() {
    return directories;
  }

  /** Makes the groups and those above them, with the controllers that these can give. */
  public void make() {
    for (int i = 0; i < directories.size(); i++) {
      Hierarchy hierarchy = hierarchies().get(i);
      Path at = hierarchy.mountPoint();
      for (Path name : at.relativize(directories.get(i))) {
        if (unified()) {
          V2Cgroups.passDown(at, PASSED_DOWN);
        }
        at = at.resolve(name);
        CgroupFiles.createIfMissing(at);
        if (hierarchy.has("cpuset") && !unified()) {
          V1Cgroups.inheritProcessors(at);
        }
      }
    }
  }

  private List<Hierarchy> hierarchies() {
    return unified() ? List.of(layout.v2().orElseThrow()) : layout.v1();
  }

  /** How a process gets into the groups. */
  public CgroupMembership membership() {
    return groups.membership();
  }

  /** Whether a controller is there, such as {@code memory}. */
  public boolean has(String controller) {
    return find(controller).isPresent();
  }

  /**
   * Writes one file.
   *
   * @throws CgroupException when the kernel refuses, or the controller is not there
   */
  public void write(String controller, String file, String value) {
    CgroupFiles.write(directory(controller).resolve(file), value);
  }

  /** As {@link #write}; false when the kernel refuses. */
  public boolean writeIfPossible(String controller, String file, String value) {
    return CgroupFiles.writeIfPossible(directory(controller).resolve(file), value);
  }

  /** What a file holds; empty where it cannot be read. */
  public Optional<String> read(String controller, String file) {
    return find(controller)
        .flatMap(directory -> CgroupFiles.readIfPossible(directory.resolve(file)));
  }

  private Path directory(String controller) {
    return find(controller)
        .orElseThrow(
            () -> new CgroupException("the cgroup controller " + controller + " is not there"));
  }

  private Optional<Path> find(String controller) {
    for (int i = 0; i < directories.size(); i++) {
      if (unified() || hierarchies().get(i).has(controller)) {
        return Optional.of(directories.get(i));
      }
    }
    return Optional.empty();
  }

  /** Of v2: allows these devices and no other. */
  public void allowOnly(List<DeviceRule> devices) {
    try (Fd program = DeviceProgram.load(devices)) {
      new V2ContainerCgroup(directories.get(0)).attach(program);
    }
  }

  /** Ids of all processes, as this process sees them. */
  public List<Integer> processes() {
    return CgroupFiles.processes(find("freezer").or(() -> find("pids")).orElse(directories.get(0)));
  }

  /** Whether any of the groups is there already, with processes in it. */
  public boolean isInUse() {
    return directories.stream()
        .filter(Files::isDirectory)
        .anyMatch(directory -> !CgroupFiles.processes(directory).isEmpty());
  }

  /** How many processes the kernel has killed for want of memory. */
  public long outOfMemoryKills() {
    return groups.outOfMemoryKills();
  }

  /** What the kernel has counted so far. */
  public CgroupUsage usage() {
    return groups.usage();
  }

  /** Whether its processes are stopped where they are. */
  public boolean isFrozen() {
    return unified()
        ? read("", "cgroup.freeze").filter("1"::equals).isPresent()
        : read("freezer", "freezer.state").filter(state -> !state.equals("THAWED")).isPresent();
  }

  public void freeze() {
    groups.freeze(() -> false);
  }

  public void thaw() {
    groups.thaw();
  }

  /** Kills all processes, frozen ones too, and waits until none is left. */
  public void kill() {
    groups.kill();
  }

  /** Removes the groups, whose processes must have ended; those above them stay. */
  public void remove() {
    CgroupSweep.remove(directories.stream().filter(Files::isDirectory).toList());
  }

  /** Removes the group above, where no other is left in it. */
  public void removeParentIfEmpty() {
    directories.forEach(directory -> CgroupFiles.removeFamily(directory));
  }
}
