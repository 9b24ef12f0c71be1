package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.MountCalls;
import io.jollyboat.linux.userns.MappingNamespace;
import java.io.UncheckedIOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Binds that show other ids than their sources have, attached nowhere yet: only such the kernel
 * lets change that, and only by who is root where the sources are.
 */
final class MappedMounts implements AutoCloseable {
  private final IdentityHashMap<MountConfig, Fd> trees = new IdentityHashMap<>();

  private MappedMounts() {}

  static MappedMounts of(List<MountConfig> mounts, LauncherBinary binary) {
    MappedMounts mapped = new MappedMounts();
    try {
      for (MountConfig mount : mounts) {
        mount.ids().ifPresent(ids -> mapped.add(mount, ids, binary));
      }
      return mapped;
    } catch (KernelException | UncheckedIOException e) {
      mapped.close();
      throw new RuntimeFailure("mounts: " + e.getMessage(), e);
    }
  }

  private void add(MountConfig mount, IdMapping.Both ids, LauncherBinary binary) {
    boolean deep = mount.options().isDeep();
    boolean all = mount.options().mapping() == MountOptions.Mapping.ALL;
    Fd tree = MountCalls.copyTree(FileCalls.AT_FDCWD, mount.source(), deep);
    trees.put(mount, tree);
    String users = IdMapping.lines(ids.users());
    try (Fd namespace = MappingNamespace.make(binary, users, IdMapping.lines(ids.groups()))) {
      MountCalls.mapIds(tree, namespace, all);
    } catch (KernelException e) {
      throw new RuntimeFailure(
          "mounts: cannot map the ids of "
              + mount.source()
              + ": "
              + e.getMessage()
              + "; its file system, or this kernel, has no id-mapped mounts",
          e);
    }
  }

  Optional<Fd> find(MountConfig mount) {
    return Optional.ofNullable(trees.get(mount));
  }

  @Override
  public void close() {
    trees.values().forEach(Fd::close);
  }
}
