package io.jollyboat.engine;

import io.jollyboat.StoreException;
import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.network.BridgeNetwork;
import io.jollyboat.linux.userns.ProcessRights;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Clears what a dead engine left: its processes by their cgroups first, then links and packet
 * rules, then the containers' files. Its lock is held meanwhile, so that one engine does it.
 */
final class Sweep {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final LayerTrees trees;

  Sweep(LayerTrees trees) {
    this.trees = trees;
  }

  void clear(String engineId, Path root) {
    boolean ofRoot = ProcessRights.ofThisProcess().isRootOfMachine();
    boolean ofDetached = Files.isDirectory(root) && engineId.equals(DetachedOwner.id(root));
    CgroupLayout groups =
        ofDetached ? ControlGroups.ofDetached(root, ofRoot) : ControlGroups.usable(ofRoot);
    if (Cgroups.problem(groups).isEmpty()) {
      if (ofDetached) {
        keepOutOfMemory(groups, engineId, ContainerDirectory.open(root, trees));
      }
      Cgroups.sweep(groups, engineId);
    }
    if (ofRoot) {
      BridgeNetwork.sweep(engineId);
    }
    if (Files.isDirectory(root)) {
      ContainerDirectory directory = ContainerDirectory.open(root, trees);
      directory.list().stream()
          .filter(record -> record.engine().equals(engineId) && !record.detached())
          .forEach(directory::remove);
      directory.clearRemnants();
      trees.delete(directory.steps(engineId));
    }
  }

  /** The groups of detached containers that have ended still know why; next they are removed. */
  private static void keepOutOfMemory(
      CgroupLayout usable, String owner, ContainerDirectory directory) {
    Cgroups groups = Cgroups.open(usable, owner);
    for (ContainerRecord record : directory.list()) {
      if (record.detached() && groups.find(record.id().hex()).outOfMemoryKills() > 0) {
        RunFile.mark(directory.of(record.id()), "oom");
      }
    }
    groups.leave();
  }

  /**
   * Clears what was left when the machine stopped: the list of living engines does not outlive
   * that, and no process does. Detached containers are kept, as ended.
   */
  void clearFormerBoot(Path root, FileLocks locks) {
    Path file = root.resolve("boot");
    try {
      String boot = Files.readString(BOOT_ID).strip();
      if (said(file).equals(boot)) {
        return;
      }
      try (FileLocks.Lock held = locks.exclusive(root.resolve("boot.lock"))) {
        if (!said(file).isEmpty() && !said(file).equals(boot)) {
          ContainerDirectory.open(root, trees).clearFormerBoot();
        }
        Files.writeString(file, boot);
      }
    } catch (IOException e) {
      throw new StoreException("cannot tell whether the machine was started anew: " + e, e);
    }
  }

  /** Empty in a new store. */
  private static String said(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }
}
