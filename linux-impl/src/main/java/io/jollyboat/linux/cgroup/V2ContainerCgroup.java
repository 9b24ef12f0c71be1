package io.jollyboat.linux.cgroup;

import io.jollyboat.linux.syscall.BpfCalls;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One container's group in the unified hierarchy. */
final class V2ContainerCgroup implements ContainerCgroup {
  private static final int FREEZE_MILLISECONDS = 2000;
  private static final double LARGEST_SHARES = 262_144;

  private final Path directory;

  V2ContainerCgroup(Path directory) {
    this.directory = directory;
  }

  void make() {
    CgroupFiles.create(directory);
  }

  void attach(Fd deviceProgram) {
    try (Fd group =
        FileCalls.open(directory.toString(), OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0)) {
      BpfCalls.attachDeviceProgram(group, deviceProgram);
    }
  }

  @Override
  public CgroupMembership membership() {
    return new CgroupMembership(List.of(), Optional.of(directory));
  }

  @Override
  public Optional<Path> freezerState() {
    return Optional.empty();
  }

  @Override
  public void limit(CgroupLimits limits) {
    limits.memory().ifPresent(memory -> write("memory.max", Long.toString(memory)));
    if (limits.memory().isPresent() && limits.total().isPresent()) {
      long total = limits.total().getAsLong();
      limitSwap(total < 0 ? "max" : Long.toString(total - limits.memory().getAsLong()));
    }
    limits.quota().ifPresent(quota -> write("cpu.max", quota + " " + CgroupLimits.PERIOD));
    limits.cpuShares().ifPresent(shares -> write("cpu.weight", Integer.toString(weight(shares))));
    limits.cpuset().ifPresent(processors -> write("cpuset.cpus", processors));
    limits.pids().ifPresent(pids -> write("pids.max", Integer.toString(pids)));
  }

  /** A kernel without swap has no such file, and nothing to limit. */
  private void limitSwap(String bytes) {
    if (Files.exists(directory.resolve("memory.swap.max"))) {
      write("memory.swap.max", bytes);
    }
  }

  /** The curve that runc and crun share since 2025: 2 to 1, 1024 to 100, 262144 to 10000. */
  static int weight(int shares) {
    double l = Math.log(Math.max(2, Math.min(LARGEST_SHARES, shares))) / Math.log(2);
    double weight = Math.pow(10, (l * l + 125 * l) / 612 - 7.0 / 34);
    return (int) Math.min(10_000, Math.ceil(weight - 1e-9));
  }

  @Override
  public long outOfMemoryKills() {
    return read("memory.events").map(text -> CgroupFiles.valueOf(text, "oom_kill")).orElse(0L);
  }

  @Override
  public Duration cpuTime() {
    long microseconds =
        read("cpu.stat").map(text -> CgroupFiles.valueOf(text, "usage_usec")).orElse(0L);
    return Duration.ofNanos(1000 * microseconds);
  }

  @Override
  public OptionalLong memory() {
    return number("memory.current");
  }

  @Override
  public OptionalLong memoryPeak() {
    return number("memory.peak");
  }

  @Override
  public OptionalLong pids() {
    return number("pids.current");
  }

  @Override
  public void freeze() {
    write("cgroup.freeze", "1");
    long end = System.nanoTime() + Duration.ofMillis(FREEZE_MILLISECONDS).toNanos();
    while (CgroupFiles.valueOf(CgroupFiles.read(directory.resolve("cgroup.events")), "frozen")
        == 0) {
      if (System.nanoTime() > end || !CgroupFiles.sleep(1)) {
        write("cgroup.freeze", "0");
        throw new CgroupException("the processes of " + directory + " could not be frozen");
      }
    }
  }

  @Override
  public void thaw() {
    write("cgroup.freeze", "0");
  }

  @Override
  public void kill() {
    CgroupSweep.kill(directory);
  }

  @Override
  public void close() {
    CgroupSweep.remove(List.of(directory));
  }

  private void write(String file, String value) {
    if (!Files.exists(directory.resolve(file))) {
      String controller = file.substring(0, file.indexOf('.'));
      throw new CgroupException(
          "a limit needs the "
              + controller
              + " controller, which is not handed down to "
              + directory
              + ": it has no "
              + file
              + "; enable it in cgroup.subtree_control of every group above, or in the unit's Delegate=");
    }
    CgroupFiles.write(directory.resolve(file), value);
  }

  private OptionalLong number(String file) {
    Optional<String> text = read(file);
    return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
  }

  private Optional<String> read(String file) {
    return CgroupFiles.readIfPossible(directory.resolve(file));
  }
}
