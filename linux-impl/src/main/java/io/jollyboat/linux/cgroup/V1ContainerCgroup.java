package io.jollyboat.linux.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One container's group in every v1 hierarchy. */
final class V1ContainerCgroup implements ContainerCgroup {
  private static final int FREEZE_ATTEMPTS = 1000;

  private final List<Hierarchy> hierarchies;
  private final List<Path> directories;

  /** {@code directories.get(i)} lies in {@code hierarchies.get(i)}. */
  V1ContainerCgroup(List<Hierarchy> hierarchies, List<Path> directories) {
    this.hierarchies = hierarchies;
    this.directories = directories;
  }

  void make() {
    directories.forEach(CgroupFiles::create);
  }

  @Override
  public CgroupMembership membership() {
    return new CgroupMembership(
        directories.stream().map(directory -> directory.resolve("tasks")).toList(),
        Optional.empty());
  }

  @Override
  public Optional<Path> freezerState() {
    return find("freezer").map(directory -> directory.resolve("freezer.state"));
  }

  @Override
  public void limit(CgroupLimits limits) {
    if (limits.memory().isPresent() || limits.memoryAndSwap().isPresent()) {
      limitMemory(limits);
    }
    limits.quota().ifPresent(quota -> write("cpu", "cpu.cfs_quota_us", Long.toString(quota)));
    limits.cpuShares().ifPresent(shares -> write("cpu", "cpu.shares", Integer.toString(shares)));
    limits.cpuset().ifPresent(processors -> write("cpuset", "cpuset.cpus", processors));
    limits.pids().ifPresent(pids -> write("pids", "pids.max", Integer.toString(pids)));
  }

  /**
   * The kernel keeps memory at most memory and swap at every instant: going down memory is first,
   * going up memory and swap. A kernel that does not count swap lacks the second file.
   */
  private void limitMemory(CgroupLimits limits) {
    Path directory = directory("memory");
    Path memory = directory.resolve("memory.limit_in_bytes");
    Path total = directory.resolve("memory.memsw.limit_in_bytes");
    boolean counted = Files.exists(total);
    String bytes = Long.toString(limits.memory().orElse(-1));
    String totalBytes = Long.toString(limits.total().orElse(-1));
    if (limits.memory().isPresent() && !CgroupFiles.writeIfPossible(memory, bytes)) {
      if (counted) {
        CgroupFiles.write(total, totalBytes);
      }
      CgroupFiles.write(memory, bytes);
    }
    if (counted) {
      CgroupFiles.write(total, totalBytes);
    }
  }

  void allowDevices(List<DeviceRule> rules) {
    find("devices").ifPresent(directory -> allowOnly(directory, rules));
  }

  static void allowOnly(Path directory, List<DeviceRule> rules) {
    CgroupFiles.write(directory.resolve("devices.deny"), "a");
    for (DeviceRule rule : rules) {
      CgroupFiles.write(directory.resolve("devices.allow"), rule.toString());
    }
  }

  @Override
  public long outOfMemoryKills() {
    return read("memory", "memory.oom_control")
        .map(text -> CgroupFiles.valueOf(text, "oom_kill"))
        .orElse(0L);
  }

  @Override
  public Duration cpuTime() {
    return Duration.ofNanos(number("cpuacct", "cpuacct.usage").orElse(0));
  }

  @Override
  public OptionalLong memory() {
    return number("memory", "memory.usage_in_bytes");
  }

  @Override
  public OptionalLong memoryPeak() {
    return number("memory", "memory.max_usage_in_bytes");
  }

  @Override
  public OptionalLong pids() {
    return number("pids", "pids.current");
  }

  /**
   * A process inside a system call may hold the kernel at FREEZING: asked again until it is
   * through.
   */
  @Override
  public void freeze() {
    Path state = directory("freezer").resolve("freezer.state");
    for (int attempt = 1; attempt <= FREEZE_ATTEMPTS; attempt++) {
      CgroupFiles.write(state, "FROZEN");
      if (CgroupFiles.read(state).equals("FROZEN")) {
        return;
      }
      if (attempt % 50 == 0) {
        CgroupFiles.write(state, "THAWED"); // two processes may wait for each other
      }
      if (!CgroupFiles.sleep(1)) {
        break;
      }
    }
    CgroupFiles.write(state, "THAWED");
    throw new CgroupException("the processes of " + state.getParent() + " could not be frozen");
  }

  @Override
  public void thaw() {
    CgroupFiles.write(directory("freezer").resolve("freezer.state"), "THAWED");
  }

  @Override
  public void kill() {
    CgroupSweep.kill(find("freezer").or(() -> find("pids")).orElse(directories.get(0)));
  }

  @Override
  public void close() {
    CgroupSweep.remove(directories);
  }

  private void write(String controller, String file, String value) {
    CgroupFiles.write(directory(controller).resolve(file), value);
  }

  private OptionalLong number(String controller, String file) {
    Optional<String> text = read(controller, file);
    return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
  }

  private Optional<String> read(String controller, String file) {
    return find(controller)
        .flatMap(directory -> CgroupFiles.readIfPossible(directory.resolve(file)));
  }

  private Path directory(String controller) {
    return find(controller)
        .orElseThrow(
            () ->
                new CgroupException(
                    "the "
                        + controller
                        + " controller is not mounted: mount it with \"mount -t cgroup -o "
                        + controller
                        + " cgroup /sys/fs/cgroup/"
                        + controller
                        + "\""));
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
