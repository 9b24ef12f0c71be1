package io.jollyboat.engine;

import io.jollyboat.EngineUnavailableException;
import io.jollyboat.Probe;
import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.network.BridgeNetwork;
import io.jollyboat.linux.network.UserNetwork;
import io.jollyboat.linux.process.Processes;
import io.jollyboat.linux.rootfs.HostRootfs;
import io.jollyboat.linux.rootfs.ImageUsers;
import io.jollyboat.linux.rootfs.InitLayers;
import io.jollyboat.linux.rootfs.Isolation;
import io.jollyboat.linux.security.SeccompPrograms;
import io.jollyboat.linux.userns.UserNamespace;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What running needs of Linux, each part made when it is first asked for: an engine that only moves
 * images makes no cgroup, bridge or thread. Safe for use by several threads.
 */
final class LinuxParts implements AutoCloseable {
  private static final int MOST_IMAGES = 1000;

  private final String engineId;
  private final Path root;
  private final LayerTrees trees;
  private final Optional<UserNamespace> namespace;
  private final DetachedParts detached;
  private final CloseStack open = new CloseStack();
  private final Map<String, ImageUsers> users = new ConcurrentHashMap<>();
  private @Nullable CgroupLayout layout;
  private @Nullable Cgroups cgroups;
  private @Nullable Processes processes;
  private @Nullable Processors processors;
  private @Nullable MachineViews views;
  private @Nullable BridgeNetwork bridge;
  private Optional<UserNetwork> userNetwork = Optional.empty();
  private boolean userNetworkSought;
  private @Nullable Isolation isolation;
  private @Nullable InitLayers initLayers;
  private @Nullable HostRootfs hostRootfs;
  private @Nullable SeccompPrograms seccomp;

  /**
   * @param detached closed with this
   */
  LinuxParts(
      String engineId,
      Path root,
      LayerTrees trees,
      Optional<UserNamespace> namespace,
      DetachedParts detached) {
    this.namespace = namespace;
    this.engineId = engineId;
    this.root = root;
    this.trees = trees;
    this.detached = open.push(detached);
  }

  DetachedParts detached() {
    return detached;
  }

  synchronized Processes processes() {
    if (processes == null) {
      requireAll();
      requireStore();
      processes = open.push(Processes.open(directory("launcher"), namespace));
    }
    return processes;
  }

  private static void requireAll() {
    Probe probe = MachineProbe.look();
    boolean lacking =
        probe.capabilities().stream()
            .anyMatch(capability -> capability.status() == Probe.Status.MISSING);
    if (lacking) {
      throw new EngineUnavailableException(
          "containers and RUN steps cannot be started here: " + probe.problems(), probe, null);
    }
  }

  /** The kernel would say no more than that an argument is invalid. */
  private void requireStore() {
    if (DefaultRoot.isOnOverlay(root)) {
      throw new EngineUnavailableException(
          "containers and RUN steps cannot be started here: the engine's root "
              + root
              + " lies on an overlay, and the kernel puts no container's files over one; name a"
              + " directory of another file system by Engine.builder().root(path), a volume or"
              + " memory such as /dev/shm",
          MachineProbe.look(),
          null);
    }
  }

  /** Where containers live whose engine's process is not root. */
  Optional<UserNamespace> userNamespace() {
    return namespace;
  }

  /** How the containers of an ordinary user reach other machines, where that is installed. */
  synchronized Optional<UserNetwork> userNetwork() {
    if (!userNetworkSought) {
      userNetworkSought = true;
      userNetwork = namespace.isPresent() ? UserNetwork.find() : Optional.empty();
    }
    return userNetwork;
  }

  synchronized Cgroups cgroups() {
    if (cgroups == null) {
      CgroupLayout usable = namespace.isPresent() ? layout().delegated() : layout();
      cgroups = open.push(ControlGroups.open(usable, engineId));
    }
    return cgroups;
  }

  /** Those of containers that outlive their engine, or of others. */
  Cgroups cgroups(boolean ofDetached) {
    return ofDetached ? detached.cgroups() : cgroups();
  }

  /** Those that containers may have, and which have been given away. */
  synchronized Processors processors() {
    if (processors == null) {
      processors = new Processors(cgroups().processors(), cgroups().placesContainers());
    }
    return processors;
  }

  synchronized MachineViews views() {
    if (views == null) {
      views = open.push(new MachineViews());
    }
    return views;
  }

  synchronized BridgeNetwork bridge() {
    if (bridge == null) {
      bridge = open.push(BridgeNetwork.open(engineId));
    }
    return bridge;
  }

  synchronized Isolation isolation() {
    if (isolation == null) {
      isolation =
          Isolation.ofThisMachine(
              layout(), root.resolve("cgroup-view"), namespace.map(UserNamespace::ids));
    }
    return isolation;
  }

  synchronized InitLayers initLayers() {
    if (initLayers == null) {
      initLayers = new InitLayers(trees, root.resolve("init-layers"));
    }
    return initLayers;
  }

  synchronized HostRootfs hostRootfs() {
    if (hostRootfs == null || !hostRootfs.isCurrent()) {
      hostRootfs =
          HostRootfs.prepare(
              trees,
              root.resolve("init-layers"),
              ProcessEnvironment.CA_BUNDLE,
              namespace.isPresent());
    }
    return hostRootfs;
  }

  synchronized SeccompPrograms seccomp() {
    if (seccomp == null) {
      seccomp = SeccompPrograms.ofThisMachine();
    }
    return seccomp;
  }

  /** The users of an image, read once for equal layers. */
  ImageUsers users(String imageKey, List<Path> layersTopFirst, boolean host) {
    if (users.size() > MOST_IMAGES) {
      users.clear();
    }
    return users.computeIfAbsent(imageKey, key -> readUsers(layersTopFirst, host));
  }

  private ImageUsers readUsers(List<Path> layersTopFirst, boolean host) {
    if (host) {
      return ImageUsers.ofHost();
    }
    try (MergedTree image = trees.merge(layersTopFirst)) {
      return ImageUsers.of(image);
    }
  }

  private synchronized CgroupLayout layout() {
    if (layout == null) {
      layout = CgroupLayout.detect();
    }
    return layout;
  }

  private Path directory(String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + root.resolve(name), e);
    }
  }

  @Override
  public void close() {
    open.close();
  }
}
