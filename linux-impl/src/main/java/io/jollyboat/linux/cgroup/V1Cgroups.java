package io.jollyboat.linux.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An engine's groups in every v1 hierarchy.
 *
 * <p>What all containers share is set once, at the engine's group, and inherited when a container's
 * group is made: processors and memory nodes (clone_children), and the default device rules, in a
 * group {@code default} of the devices hierarchy. A start then costs a directory per hierarchy, and
 * writes only for what was asked.
 */
final class V1Cgroups implements Cgroups {
  private static final String DEFAULT_DEVICES = "default";

  private final List<Hierarchy> hierarchies;
  private final Optional<Hierarchy> unified;
  private final String engineId;
  private final boolean ruled;

  private V1Cgroups(CgroupLayout layout, String engineId) {
    this.hierarchies = layout.v1();
    this.unified = layout.v2();
    this.engineId = engineId;
    this.ruled = layout.ruled();
  }

  static V1Cgroups open(CgroupLayout layout, String engineId) {
    V1Cgroups cgroups = new V1Cgroups(layout, engineId);
    try {
      layout.v1().forEach(cgroups::prepare);
    } catch (CgroupException e) {
      cgroups.closeAfter(e);
      throw e;
    }
    return cgroups;
  }

  /** A container may have a group of v2 beside those of v1. */
  static List<Path> tops(CgroupLayout layout) {
    return Stream.concat(layout.v1().stream(), layout.v2().stream()).map(Hierarchy::base).toList();
  }

  private void prepare(Hierarchy hierarchy) {
    Path family = hierarchy.base().resolve(FAMILY);
    Path engine = family.resolve(engineId);
    CgroupFiles.createIfMissing(family, engine);
    if (hierarchy.has("cpuset")) {
      inheritProcessors(family);
      inheritProcessors(engine);
    }
    if (ruled && hierarchy.has("devices")) {
      Path restricted = engine.resolve(DEFAULT_DEVICES);
      CgroupFiles.createIfMissing(restricted);
      // Denying all takes from the groups below what allowing does not give back to them: never
      // again where containers that outlived their engine are.
      if (CgroupFiles.read(restricted.resolve("devices.list")).startsWith("a ")) {
        V1ContainerCgroup.allowOnly(restricted, DeviceRule.DEFAULT);
      }
    }
  }

  /** A group without processors or memory nodes takes no process: every level needs both first. */
  static void inheritProcessors(Path directory) {
    Path parent = directory.resolve("..").normalize();
    for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
      if (CgroupFiles.read(directory.resolve(file)).isEmpty()) {
        CgroupFiles.write(directory.resolve(file), CgroupFiles.read(parent.resolve(file)));
      }
    }
    CgroupFiles.write(directory.resolve("cgroup.clone_children"), "1");
  }

  @Override
  public ContainerCgroup create(String containerId, CgroupLimits limits) {
    boolean defaultDevices = ruled && limits.devices().equals(DeviceRule.DEFAULT);
    V1ContainerCgroup container =
        new V1ContainerCgroup(
            hierarchies, directories(containerId, defaultDevices), beside(containerId, limits));
    try {
      container.make();
      container.limit(limits);
      if (ruled && !defaultDevices) {
        container.allowDevices(limits.devices());
      }
      return container;
    } catch (CgroupException e) {
      try {
        container.close();
      } catch (CgroupException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  @Override
  public ContainerCgroup find(String containerId) {
    List<Path> own = directories(containerId, false);
    boolean defaultDevices = own.stream().anyMatch(directory -> !directory.toFile().isDirectory());
    Optional<Path> beside =
        unified.map(h -> engine(h).resolve(containerId)).filter(Files::isDirectory);
    return new V1ContainerCgroup(hierarchies, directories(containerId, defaultDevices), beside);
  }

  /**
   * A hybrid machine may count huge pages on v2 only: who wants a limit of them gets a group there
   * too. Others do not pay for one.
   */
  private Optional<Path> beside(String containerId, CgroupLimits limits) {
    if (limits.hugePages().isEmpty()
        || hierarchies.stream().anyMatch(hierarchy -> hierarchy.has("hugetlb"))
        || unified.filter(hierarchy -> hierarchy.has("hugetlb")).isEmpty()) {
      return Optional.empty();
    }
    Path engine = engine(unified.get());
    Path family = engine.resolve("..").normalize();
    CgroupFiles.createIfMissing(family, engine);
    V2Cgroups.passDown(unified.get().base(), List.of("hugetlb"));
    V2Cgroups.passDown(family, List.of("hugetlb"));
    V2Cgroups.passDown(engine, List.of("hugetlb"));
    return Optional.of(engine.resolve(containerId));
  }

  private Path engine(Hierarchy hierarchy) {
    return hierarchy.base().resolve(FAMILY).resolve(engineId);
  }

  @Override
  public ProcessorList processors() {
    return hierarchies.stream()
        .filter(hierarchy -> hierarchy.has("cpuset"))
        .findFirst()
        .flatMap(h -> CgroupFiles.readIfPossible(engine(h).resolve("cpuset.cpus")))
        .map(ProcessorList::parse)
        .orElseGet(ProcessorList::online);
  }

  @Override
  public boolean placesContainers() {
    return hierarchies.stream().anyMatch(hierarchy -> hierarchy.has("cpuset"));
  }

  @Override
  public List<Path> monitorFiles() {
    return hierarchies.stream()
        .filter(hierarchy -> !hierarchy.own().equals(hierarchy.mountPoint()))
        .map(hierarchy -> engine(hierarchy).resolve("tasks"))
        .toList();
  }

  private List<Path> directories(String containerId, boolean defaultDevices) {
    List<Path> directories = new ArrayList<>();
    for (Hierarchy hierarchy : hierarchies) {
      Path engine = engine(hierarchy);
      boolean restricted = defaultDevices && hierarchy.has("devices");
      directories.add((restricted ? engine.resolve(DEFAULT_DEVICES) : engine).resolve(containerId));
    }
    return directories;
  }

  private void closeAfter(CgroupException failure) {
    try {
      close();
    } catch (CgroupException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    CgroupException failure = null;
    List<Hierarchy> all = new ArrayList<>(hierarchies);
    unified.ifPresent(all::add);
    for (Hierarchy hierarchy : all) {
      Path engine = engine(hierarchy);
      if (hierarchy.has("devices")) {
        CgroupFiles.removeIfEmpty(
            engine.resolve(DEFAULT_DEVICES)); // what is left shows with the next
      }
      Optional<String> problem = CgroupFiles.removeWithoutChildren(engine);
      if (problem.isPresent() && failure == null) {
        failure = new CgroupException(problem.get() + "; a container of the engine is still there");
      }
      CgroupFiles.removeFamily(engine);
    }
    if (failure != null) {
      throw failure;
    }
  }
}
