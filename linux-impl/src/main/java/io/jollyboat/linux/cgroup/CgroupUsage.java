package io.jollyboat.linux.cgroup;

import io.jollyboat.Stats;
import java.util.List;
import java.util.Optional;

/** What the kernel counted for a container at one moment. Immutable. */
public record CgroupUsage(
    Stats.Cpu cpu,
    Stats.Memory memory,
    Stats.Pids pids,
    List<Stats.Io> io,
    Optional<Stats.Pressure> pressure) {
  public CgroupUsage {
    io = List.copyOf(io);
  }
}
