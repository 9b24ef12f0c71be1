package io.jollyboat.linux.cgroup;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a container may do to one block device; the numbers are per second, and 0 takes a limit
 * away. Immutable.
 *
 * @param weight 10 to 1000, in place of the one for all devices; 0: no own one
 */
public record IoLimits(
    OptionalInt weight,
    OptionalLong readBytes,
    OptionalLong writeBytes,
    OptionalLong readOperations,
    OptionalLong writeOperations) {
  public static final IoLimits NONE =
      new IoLimits(
          OptionalInt.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  /** What has to be written to come from {@code before} to this. */
  IoLimits changesFrom(IoLimits before) {
    return new IoLimits(
        CgroupLimits.change(before.weight, weight, 0),
        CgroupLimits.change(before.readBytes, readBytes, 0),
        CgroupLimits.change(before.writeBytes, writeBytes, 0),
        CgroupLimits.change(before.readOperations, readOperations, 0),
        CgroupLimits.change(before.writeOperations, writeOperations, 0));
  }
}
