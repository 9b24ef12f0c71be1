package io.jollyboat.linux.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a process gets into its groups.
 *
 * @param tasks files of v1 into each of which it writes {@code 0} itself, before it leaves the
 *     cgroup namespace. Never {@code cgroup.procs}: that waits for a lock of the whole machine.
 * @param processors where its groups of v1 let it run, if that was narrowed. It goes there before
 *     it joins them: else the kernel would move it with the lock of all groups held.
 * @param unified a directory of v2 into which it is born, by clone3's CLONE_INTO_CGROUP
 */
public record CgroupMembership(
    List<Path> tasks, Optional<ProcessorList> processors, Optional<Path> unified) {
  public static final CgroupMembership NONE =
      new CgroupMembership(List.of(), Optional.empty(), Optional.empty());

  public CgroupMembership {
    tasks = List.copyOf(tasks);
  }

  /** The directories of {@link #tasks}, in their order. */
  public List<Path> groups() {
    return tasks.stream().map(file -> file.resolve("..").normalize()).toList();
  }
}
