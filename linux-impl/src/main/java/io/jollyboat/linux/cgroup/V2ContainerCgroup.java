package io.jollyboat.linux.cgroup;

import io.jollyboat.linux.syscall.BpfCalls;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One container's group in the unified hierarchy. */
final class V2ContainerCgroup implements ContainerCgroup {
  private static final Duration LONGEST_FREEZE = Duration.ofSeconds(2);

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
    return new CgroupMembership(List.of(), Optional.empty(), Optional.of(directory));
  }

  @Override
  public Optional<Path> freezerState() {
    return Optional.empty();
  }

  void limit(CgroupLimits limits) {
    new V2Limits(directory).write(limits);
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

  @Override
  public ProcessorList processors() {
    Path file = directory.resolve("cpuset.cpus");
    return ProcessorList.parse(CgroupFiles.readIfPossible(file).orElse(""));
  }

  @Override
  public long outOfMemoryKills() {
    return new V2Counts(directory).outOfMemoryKills();
  }

  @Override
  public CgroupUsage usage() {
    V2Counts counts = new V2Counts(directory);
    return new CgroupUsage(
        counts.cpu(), counts.memory(), counts.pids(), counts.io(), counts.pressure());
  }

  @Override
  public void freeze(BooleanSupplier abandoned) {
    write("cgroup.freeze", "1");
    long end = System.nanoTime() + LONGEST_FREEZE.toNanos();
    while (CgroupFiles.valueOf(CgroupFiles.read(directory.resolve("cgroup.events")), "frozen")
        == 0) {
      if (System.nanoTime() > end || abandoned.getAsBoolean() || !CgroupFiles.sleep(1)) {
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
  public boolean isFrozen() {
    return CgroupFiles.readIfPossible(directory.resolve("cgroup.freeze"))
        .filter(state -> state.equals("1"))
        .isPresent();
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
    CgroupFiles.write(directory.resolve(file), value);
  }
}
