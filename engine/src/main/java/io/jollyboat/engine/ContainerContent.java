package io.jollyboat.engine;

import io.jollyboat.CommitSpec;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerState;
import io.jollyboat.FileChange;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.store.ImageStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a container has written and what that makes of its image: differences, a new image, one
 * archive. Mounts are no part of it. Safe for use by several threads.
 */
final class ContainerContent {
  private final ImageStore store;
  private final LayerTrees trees;
  private final RootDisks disks;

  ContainerContent(ImageStore store, LayerTrees trees, RootDisks disks) {
    this.store = store;
    this.trees = trees;
    this.disks = disks;
  }

  private Path upper(ContainerId id) {
    return disks.upper(id);
  }

  List<FileChange> diff(LiveContainer container) {
    return ChangedFiles.find(trees, upper(container.id()), layers(container));
  }

  private List<Path> layers(LiveContainer container) {
    return ContainerPlans.layersTopFirst(store, container.storedImage().config());
  }

  StoredImage commit(LiveContainer container, Optional<IsolatedProcess> process, CommitSpec spec) {
    Optional<ContainerCgroup> running =
        process
            .filter(run -> spec.pauses() && run.process().isRunning())
            .filter(run -> container.state().status() != ContainerState.Status.PAUSED)
            .map(IsolatedProcess::cgroup);
    running.ifPresent(group -> pause(container.name(), group));
    try {
      return new ContainerCommit(store, trees)
          .commit(container.spec(), container.storedImage(), upper(container.id()), spec);
    } finally {
      running.ifPresent(ContainerCgroup::thaw);
    }
  }

  private static void pause(String name, ContainerCgroup group) {
    try {
      group.freeze(() -> false);
    } catch (CgroupException e) {
      throw new ContainerException(
          "cannot commit container "
              + name
              + " while it runs: "
              + e.getMessage()
              + "; stop it first, or let it write meanwhile: commit(c -> c.withoutPause())",
          "pause",
          OptionalInt.empty(),
          "",
          e);
    }
  }

  InputStream export(LiveContainer container) {
    List<Path> all = new ArrayList<>();
    all.add(upper(container.id()));
    all.addAll(layers(container));
    LayerTree tree =
        trees
            .subtree(all, "")
            .orElseThrow(
                () -> new StoreException("container " + container.name() + " has no root", null));
    try {
      return ArchiveStream.of("jollyboat export of " + container.name(), tree::forEach, tree);
    } catch (IOException e) {
      tree.close();
      throw new StoreException("cannot export container " + container.name() + ": " + e, e);
    }
  }
}
