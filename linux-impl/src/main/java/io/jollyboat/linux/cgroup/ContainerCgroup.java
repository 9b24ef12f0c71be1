package io.jollyboat.linux.cgroup;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The groups of one container. Safe for use by several threads. */
public interface ContainerCgroup extends AutoCloseable {
  /** For the container's first process, and for those that are executed in it later. */
  CgroupMembership membership();

  /** Of v1: where the launcher thaws what it has to kill. A frozen process of v2 dies as it is. */
  Optional<Path> freezerState();

  /**
   * Changes the limits of a running container.
   *
   * @param from what holds now
   * @throws CgroupException when the kernel refuses one; {@code from} holds again then
   */
  void change(CgroupLimits from, CgroupLimits to);

  /** The processors that it is kept to; empty where it is kept to none. */
  ProcessorList processors();

  /** How many processes the kernel has killed for want of memory. */
  long outOfMemoryKills();

  /** What the kernel has counted. */
  CgroupUsage usage();

  /**
   * Stops all processes where they are.
   *
   * @param abandoned asked in between: true ends the attempt
   * @throws CgroupException when one cannot be stopped within two seconds, or it was abandoned or
   *     interrupted; all run on then
   */
  void freeze(BooleanSupplier abandoned);

  void thaw();

  /** Whether all processes stand where they are. */
  boolean isFrozen();

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
