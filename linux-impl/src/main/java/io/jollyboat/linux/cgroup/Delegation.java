package io.jollyboat.linux.cgroup;

import io.jollyboat.linux.syscall.AttributeCalls;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What of a hierarchy this process was given to make groups in (systemd's "Control Group APIs and
 * Delegation").
 */
final class Delegation {
  /** systemd sets both since version 251, before only the second, which only root can read. */
  private static final List<String> MARKS = List.of("user.delegate", "trusted.delegate");

  /** Where the processes go that stood in the group itself. */
  private static final String LEAF = "main";

  private static final int ATTEMPTS = 20;

  private Delegation() {}

  /**
   * The nearest group, this process's own included, that was delegated to us, else the top of what
   * is mounted.
   */
  static Path base(Hierarchy hierarchy) {
    Path at = hierarchy.own();
    while (!at.equals(hierarchy.mountPoint())) {
      if (marked(at)) {
        return at;
      }
      at = at.resolve("..").normalize();
    }
    return hierarchy.mountPoint();
  }

  /**
   * Where an ordinary user may make groups: on v2 what is marked as delegated, else the nearest
   * group above this process that belongs to him, its own included. The kernel lets him move
   * processes below a group whose list of processes he may write.
   */
  static Optional<Path> owned(Hierarchy hierarchy) {
    if (hierarchy.version() == 2) {
      Path marked = base(hierarchy);
      if (isOwned(marked, hierarchy)) {
        return Optional.of(marked);
      }
    }
    Path at = hierarchy.own();
    while (!isOwned(at, hierarchy)) {
      if (at.equals(hierarchy.mountPoint())) {
        return Optional.empty();
      }
      at = at.resolve("..").normalize();
    }
    return Optional.of(at);
  }

  static boolean isOwned(Path group, Hierarchy hierarchy) {
    String members = hierarchy.version() == 2 ? "cgroup.procs" : "tasks";
    return Files.isWritable(group) && Files.isWritable(group.resolve(members));
  }

  /** systemd marks what it hands over and will not touch. */
  private static boolean marked(Path group) {
    if (!Files.isWritable(group)) {
      return false;
    }
    try (Fd directory =
        FileCalls.open(group.toString(), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0)) {
      return MARKS.stream().anyMatch(mark -> AttributeCalls.get(directory, "", mark).isPresent());
    } catch (KernelException e) {
      return false; // removed meanwhile, or an attribute that others may not read
    }
  }

  /**
   * Moves the processes that stand in the base itself into a leaf below it, this one and whatever
   * else runs in the same unit: a group that has processes cannot give controllers to groups below.
   * Only the root of the whole hierarchy can; it has no type.
   */
  static void vacate(Path base) {
    if (!Files.exists(base.resolve("cgroup.type")) || processes(base).isEmpty()) {
      return;
    }
    Path leaf = base.resolve(LEAF);
    CgroupFiles.createIfMissing(leaf);
    List<String> left = processes(base);
    for (int attempt = 0; !left.isEmpty() && attempt < ATTEMPTS; attempt++) {
      for (String process : left) {
        CgroupFiles.writeIfPossible(leaf.resolve("cgroup.procs"), process); // or it has ended
      }
      left = processes(base); // those that were forked meanwhile
    }
  }

  private static List<String> processes(Path group) {
    return CgroupFiles.readIfPossible(group.resolve("cgroup.procs")).orElse("").lines().toList();
  }
}
