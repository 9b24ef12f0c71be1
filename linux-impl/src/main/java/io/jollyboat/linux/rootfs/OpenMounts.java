package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.launcher.MountPropagation;
import io.jollyboat.linux.rootfs.ContainerMount.Content;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.MountCalls;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What some mounts of a container need on this side. A bind that shares mounts with the host cannot
 * be made by the launcher: before it mounts anything, all that it sees is made a slave of the
 * host's. So the copy, which is a peer of the host's mounts, is made here. And the place where an
 * overlay's changes are kept is locked. Not safe for use by several threads.
 */
public final class OpenMounts implements AutoCloseable {
  private final List<Fd> trees = new ArrayList<>();
  private final List<FileLocks.Lock> held = new ArrayList<>();
  private final List<ContainerMount> mounts = new ArrayList<>();
  private final FileLocks locks;

  private OpenMounts(FileLocks locks) {
    this.locks = locks;
  }

  /**
   * @throws IllegalArgumentException when a source is not on a mount that can be shared as asked,
   *     or another container writes to the place of an overlay's changes
   */
  public static OpenMounts of(List<ContainerMount> mounts, FileLocks locks) {
    OpenMounts open = new OpenMounts(locks);
    try {
      mounts.forEach(open::add);
      return open;
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /** All of the mounts, those that needed it opened. */
  public List<ContainerMount> mounts() {
    return List.copyOf(mounts);
  }

  private void add(ContainerMount mount) {
    Content content = mount.content();
    if (content instanceof Content.Overlay overlay) {
      overlay.lock().ifPresent(this::lock);
    }
    mounts.add(
        content instanceof Content.Bind bind && bind.propagation() != MountPropagation.PRIVATE
            ? mount.with(opened(bind))
            : mount);
  }

  private void lock(Path file) {
    held.add(
        locks
            .tryExclusive(file)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "another container writes its changes to "
                            + file.getParent()
                            + ": close that one, or give this one another directory")));
  }

  private Content opened(Content.Bind bind) {
    boolean shared =
        bind.propagation() == MountPropagation.SHARED
            || bind.propagation() == MountPropagation.RSHARED;
    check(bind.source(), shared);
    if (!shared) {
      return bind;
    }
    Fd tree = MountCalls.copyTree(FileCalls.AT_FDCWD, bind.source().toString(), true);
    trees.add(tree);
    return new Content.Opened(tree, Files.isDirectory(bind.source()), bind.propagation());
  }

  /** To be called when the container runs: copies would keep the host's file systems busy. */
  public void started() {
    trees.forEach(Fd::close);
  }

  private static void check(Path source, boolean shared) {
    try {
      MountTable.Line line = MountTable.read().holding(source.toRealPath());
      if (line.isShared() || (!shared && line.isSlave())) {
        return;
      }
      throw new IllegalArgumentException(
          source
              + " lies on the mount at "
              + line.mountPoint()
              + ", which is private: its mounts can only be seen on both sides when it is "
              + (shared ? "shared" : "shared or a slave")
              + "; mount --make-rshared "
              + line.mountPoint()
              + " makes it so");
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot tell how " + source + " is mounted: " + e, e);
    }
  }

  @Override
  public void close() {
    started();
    held.forEach(FileLocks.Lock::close);
  }
}
