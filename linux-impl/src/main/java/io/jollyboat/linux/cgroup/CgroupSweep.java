package io.jollyboat.linux.cgroup;

import io.jollyboat.linux.syscall.ProcessCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Empties and removes whole trees of groups. */
final class CgroupSweep {
  static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int SIGKILL = 9;

  private CgroupSweep() {}

  /** The same tree in each of some hierarchies; those that do not exist are done. */
  static void sweep(List<Path> trees) {
    List<Path> existing = trees.stream().filter(Files::isDirectory).toList();
    existing.forEach(CgroupSweep::kill);
    remove(existing);
    trees.forEach(CgroupFiles::removeFamily);
  }

  /** Takes back what was done before {@code failure}, as far as the kernel allows. */
  static void undo(CgroupException failure, Runnable back) {
    try {
      back.run();
    } catch (CgroupException e) {
      failure.addSuppressed(e);
    }
  }

  /** Removes what no process is in any more. */
  static void remove(List<Path> trees) {
    CgroupException failure = null;
    for (Path tree : trees) {
      Optional<String> problem = CgroupFiles.remove(tree, PATIENCE);
      if (problem.isPresent()) {
        CgroupException next = new CgroupException(problem.get());
        if (failure == null) {
          failure = next;
        } else {
          failure.addSuppressed(next);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Kills until none is left: a process may fork between the look and the signal, and a frozen one
   * of v1 dies only when it is thawed.
   */
  static void kill(Path tree) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (List<Integer> pids = signalAll(tree); !pids.isEmpty(); pids = signalAll(tree)) {
      if (System.nanoTime() > end) {
        throw new CgroupException(
            "processes " + pids + " of the cgroup " + tree + " do not end after SIGKILL");
      }
      CgroupFiles.rest(1);
    }
  }

  private static List<Integer> signalAll(Path tree) {
    if (Files.exists(tree.resolve("cgroup.kill"))) {
      CgroupFiles.writeIfPossible(tree.resolve("cgroup.kill"), "1");
    }
    List<Integer> pids = CgroupFiles.processes(tree);
    for (int pid : pids) {
      if (pid > 0) {
        ProcessCalls.signal(pid, SIGKILL);
      }
    }
    for (Path group : CgroupFiles.subtree(tree)) {
      CgroupFiles.writeIfPossible(group.resolve("freezer.state"), "THAWED");
      CgroupFiles.writeIfPossible(group.resolve("cgroup.freeze"), "0");
    }
    return pids;
  }
}
