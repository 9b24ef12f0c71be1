package io.jollyboat.engine;

import io.jollyboat.ContainerId;
import io.jollyboat.linux.cgroup.CgroupMembership;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.linux.network.Attachment;
import io.jollyboat.linux.network.BridgeNetwork;
import io.jollyboat.linux.process.InheritedLock;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.spi.host.FileLocks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What running detached containers needs beside an engine's own: control groups and a bridge that
 * all engines of the root have together, and leave to the containers. Safe for use by several
 * threads.
 */
final class DetachedParts implements AutoCloseable {
  private final Path base;
  private final Path root;
  private final FileLocks locks;
  private final ContainerDirectory directory;
  private final BiConsumer<String, Path> sweep;
  private @Nullable DetachedOwner owner;
  private @Nullable Cgroups cgroups;
  private @Nullable BridgeNetwork bridge;

  /**
   * @param base of the living engines
   * @param sweep clears what an id names
   */
  DetachedParts(
      Path base,
      Path root,
      FileLocks locks,
      ContainerDirectory directory,
      BiConsumer<String, Path> sweep) {
    this.base = base;
    this.root = root;
    this.locks = locks;
    this.directory = directory;
    this.sweep = sweep;
  }

  Path socket(ContainerId container) {
    return DetachedOwner.socket(base, root, container);
  }

  /** For a monitor: as long as it lives nothing is cleared. */
  InheritedLock handle() {
    return owner().handle();
  }

  private synchronized DetachedOwner owner() {
    if (owner == null) {
      owner = DetachedOwner.enter(base, root);
    }
    return owner;
  }

  /** Engines that make the groups at the same time would set their rules anew. */
  synchronized Cgroups cgroups() {
    if (cgroups == null) {
      DetachedOwner entered = owner();
      try (FileLocks.Lock held = setup(entered)) {
        cgroups = ControlGroups.openDetached(root);
      }
    }
    return cgroups;
  }

  /** Other engines take addresses of the same bridge: which are free is looked up each time. */
  synchronized Attachment attach(Pid pid, String container) {
    try (FileLocks.Lock held = setup(owner())) {
      if (bridge == null) {
        bridge = BridgeNetwork.open(DetachedOwner.id(root));
      }
      bridge.refresh();
      return bridge.attach(pid, container);
    }
  }

  private FileLocks.Lock setup(DetachedOwner entered) {
    return locks.exclusive(entered.directory().resolve("setup"));
  }

  /** Makes a container ready to be started again; its lock is held. */
  void renew(ContainerId container) {
    clear(container);
    if (RunFile.read(directory.of(container)).isPresent()) {
      directory.renewWork(container);
    }
    RunFile.clear(directory.of(container));
  }

  /**
   * Kills what is left of a container whose monitor is gone, and removes its groups: of a container
   * that has ended there is nothing to kill.
   */
  void clear(ContainerId container) {
    ContainerCgroup group = cgroups().find(container.hex());
    CgroupMembership membership = group.membership();
    boolean there =
        membership.tasks().stream().anyMatch(Files::exists)
            || membership.unified().filter(Files::exists).isPresent();
    if (there) {
      group.kill();
      group.close();
    }
  }

  @Override
  public synchronized void close() {
    if (bridge != null) {
      bridge.leave();
      bridge = null;
    }
    if (cgroups != null) {
      cgroups.leave();
      cgroups = null;
    }
    Optional<Path> left = Optional.ofNullable(owner).map(DetachedOwner::directory);
    if (owner != null) {
      owner.close();
      owner = null;
    }
    left.ifPresent(directory -> RuntimeDirectory.clearIfDead(directory, locks, sweep));
  }
}
