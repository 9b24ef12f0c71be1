package io.jollyboat.linux.cgroup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The groups of one container. Safe for use by several threads. */
public interface ContainerCgroup extends AutoCloseable {
  /** For the container's first process, and for those that are executed in it later. */
  CgroupMembership membership();

  /** Of v1: where the launcher thaws what it has to kill. A frozen process of v2 dies as it is. */
  Optional<Path> freezerState();

  /**
   * Changes the limits of a running container.
   *
   * @throws CgroupException when the kernel refuses one
   */
  void limit(CgroupLimits limits);

  /** How many processes the kernel has killed for want of memory. */
  long outOfMemoryKills();

  /** Processor time used since the start. */
  Duration cpuTime();

  /** Bytes in use now; empty where nothing counts them. */
  OptionalLong memory();

  /** Most bytes ever in use; empty where nothing counts them. */
  OptionalLong memoryPeak();

  /** Processes and threads now; empty where nothing counts them. */
  OptionalLong pids();

  /** Stops all processes where they are. */
  void freeze();

  void thaw();

  /** Kills all processes, frozen ones too, and waits until none is left. */
  void kill();

  /**
   * Removes the groups; their processes must have ended. Closing twice is safe.
   *
   * @throws CgroupException when a group is still in use after two seconds
   */
  @Override
  void close();
}
