package io.jollyboat.linux.cgroup;

import io.jollyboat.linux.syscall.Fd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An engine's groups in the unified hierarchy. */
final class V2Cgroups implements Cgroups {
  private static final List<String> WANTED = List.of("memory", "cpu", "cpuset", "pids", "io");

  /** With controllers given to the containers' groups, the engine's own takes no process. */
  private static final String MONITORS = "monitors";

  private final Path engine;
  private final boolean monitorsMove;
  private final boolean ruled;

  /** Loaded once per set of rules; a container's group holds on to its own. */
  private final Map<List<DeviceRule>, Fd> devicePrograms = new ConcurrentHashMap<>();

  private V2Cgroups(Path engine, boolean monitorsMove, boolean ruled) {
    this.engine = engine;
    this.ruled = ruled;
    this.monitorsMove = monitorsMove;
  }

  static V2Cgroups open(CgroupLayout layout, String engineId) {
    Path base = base(layout);
    Path family = base.resolve(FAMILY);
    Path engine = family.resolve(engineId);
    Delegation.vacate(base);
    passDown(base, WANTED);
    CgroupFiles.createIfMissing(family, engine);
    passDown(family, WANTED);
    passDown(engine, WANTED);
    boolean monitorsMove = layout.v2().filter(h -> !h.own().equals(h.mountPoint())).isPresent();
    if (monitorsMove) {
      CgroupFiles.createIfMissing(engine.resolve(MONITORS));
    }
    return new V2Cgroups(engine, monitorsMove, layout.ruled());
  }

  /** Where the family of groups goes. */
  static Path base(CgroupLayout layout) {
    Hierarchy unified =
        layout.v2().orElseThrow(() -> new CgroupException("cgroup2 is not mounted"));
    boolean chosen = !layout.ruled() || !unified.base().equals(unified.mountPoint());
    return chosen ? unified.base() : Delegation.base(unified);
  }

  /**
   * Gives the controllers of a group to the groups below, as far as the kernel and our rights go.
   */
  static void passDown(Path group, List<String> wanted) {
    Path control = group.resolve("cgroup.subtree_control");
    List<String> offered = words(group.resolve("cgroup.controllers"));
    List<String> given = words(control);
    List<String> missing = new ArrayList<>(wanted);
    missing.removeIf(controller -> !offered.contains(controller) || given.contains(controller));
    if (missing.isEmpty()) {
      return;
    }
    String all = "+" + String.join(" +", missing);
    if (!CgroupFiles.writeIfPossible(control, all)) {
      missing.forEach(controller -> CgroupFiles.writeIfPossible(control, "+" + controller));
    }
  }

  private static List<String> words(Path file) {
    return CgroupFiles.readIfPossible(file).map(text -> List.of(text.split(" "))).orElse(List.of());
  }

  @Override
  public ContainerCgroup create(String containerId, CgroupLimits limits) {
    V2ContainerCgroup container = new V2ContainerCgroup(engine.resolve(containerId));
    if (!limits.hugePages().isEmpty()) {
      countHugePages();
    }
    try {
      container.make();
      container.limit(limits);
      if (ruled) {
        container.attach(devicePrograms.computeIfAbsent(limits.devices(), DeviceProgram::load));
      }
      return container;
    } catch (RuntimeException e) {
      CgroupFiles.removeIfEmpty(engine.resolve(containerId))
          .ifPresent(problem -> e.addSuppressed(new CgroupException(problem)));
      throw e;
    }
  }

  /** Few want it, and every group that counts costs memory: asked for with the first limit. */
  private void countHugePages() {
    Path family = engine.resolve("..").normalize();
    for (Path group : List.of(family.resolve("..").normalize(), family, engine)) {
      passDown(group, List.of("hugetlb"));
    }
  }

  @Override
  public ContainerCgroup find(String containerId) {
    return new V2ContainerCgroup(engine.resolve(containerId));
  }

  @Override
  public ProcessorList processors() {
    return CgroupFiles.readIfPossible(engine.resolve("cpuset.cpus.effective"))
        .map(ProcessorList::parse)
        .orElseGet(ProcessorList::online);
  }

  @Override
  public boolean placesContainers() {
    return words(engine.resolve("cgroup.subtree_control")).contains("cpuset");
  }

  @Override
  public List<Path> monitorFiles() {
    return monitorsMove ? List.of(engine.resolve(MONITORS).resolve("cgroup.procs")) : List.of();
  }

  @Override
  public void leave() {
    devicePrograms.values().forEach(Fd::close);
    devicePrograms.clear();
  }

  @Override
  public void close() {
    leave();
    Optional<String> monitors = CgroupFiles.removeWithoutChildren(engine.resolve(MONITORS));
    Optional<String> problem = monitors.or(() -> CgroupFiles.removeWithoutChildren(engine));
    if (problem.isPresent()) {
      throw new CgroupException(problem.get() + "; a container of the engine is still there");
    }
    CgroupFiles.removeFamily(engine);
  }
}
