package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.cgroup.PlacedCgroup;
import java.nio.file.Files;
import java.util.Optional;

/**
 * Takes back what a creation has made, once, whether it has failed or this process is ended
 * meanwhile. Safe for use by several threads.
 */
final class CreationUndo {
  private final StateDirectory.Entry entry;
  private final PlacedCgroup groups;
  private final String path;
  private final boolean shared;
  private boolean done;

  /**
   * @param shared the groups are of others, too: what is in them stays
   */
  CreationUndo(StateDirectory.Entry entry, PlacedCgroup groups, String path, boolean shared) {
    this.entry = entry;
    this.groups = groups;
    this.path = path;
    this.shared = shared;
  }

  /** Returns what could not be taken back; another thread's call is waited for. */
  synchronized Optional<CgroupException> run() {
    if (done) {
      return Optional.empty();
    }
    done = true;
    entry.stateIfThere().ifPresent(Creation::kill);
    Optional<CgroupException> failure = shared ? Optional.empty() : removeGroups();
    entry.delete();
    return failure;
  }

  private Optional<CgroupException> removeGroups() {
    try {
      if (groups.directories().stream().anyMatch(Files::isDirectory)) {
        groups.kill();
        CgroupPlace.remove(groups, path);
      }
      return Optional.empty();
    } catch (CgroupException e) {
      return Optional.of(e);
    }
  }
}
