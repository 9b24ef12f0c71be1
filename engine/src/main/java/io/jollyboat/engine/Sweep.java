package io.jollyboat.engine;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.network.BridgeNetwork;
import io.jollyboat.spi.host.LayerTrees;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Clears what a dead engine left: its processes by their cgroups first, then links and packet
 * rules, then the containers' files. Its lock is held meanwhile, so that one engine does it.
 */
final class Sweep {
  private final LayerTrees trees;

  Sweep(LayerTrees trees) {
    this.trees = trees;
  }

  void clear(String engineId, Path root) {
    if (MachineProbe.isRoot()) {
      Cgroups.sweep(CgroupLayout.detect(), engineId);
      BridgeNetwork.sweep(engineId);
    }
    if (Files.isDirectory(root)) {
      ContainerDirectory directory = ContainerDirectory.open(root, trees);
      directory.list().stream()
          .filter(record -> record.engine().equals(engineId))
          .forEach(directory::remove);
      trees.delete(directory.steps(engineId));
    }
  }
}
