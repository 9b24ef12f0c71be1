package io.jollyboat.engine;

import io.jollyboat.ContainerId;
import io.jollyboat.LogLimit;
import io.jollyboat.NetworkMode;
import io.jollyboat.Resources;
import io.jollyboat.Rights;
import io.jollyboat.linux.network.PublishedPort;
import io.jollyboat.linux.rootfs.ContainerMount;
import io.jollyboat.linux.rootfs.RootFileSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One process to isolate, a container's first one or a RUN step's. Immutable.
 *
 * @param directory private to the process: its log and the files that are bound into it
 * @param imageKey equal for equal layers
 * @param layersTopFirst of the image; may be empty
 * @param hostImage this machine's programs lie below the layers
 * @param imageEnvironment less weighty than {@code environment}, more than the engine's own
 * @param user {@code user[:group]}; empty: root
 */
record ProcessPlan(
    ContainerId id,
    Path directory,
    String imageKey,
    List<Path> layersTopFirst,
    boolean hostImage,
    RootFileSystem.Writable writable,
    boolean readOnlyRoot,
    List<ContainerMount> mounts,
    NetworkMode network,
    List<PublishedPort> ports,
    Resources resources,
    Optional<LogLimit> logs,
    Confinement confinement,
    Rights rights,
    String user,
    String workdir,
    List<String> arguments,
    Map<String, String> imageEnvironment,
    Map<String, String> environment,
    boolean interactive,
    boolean detached,
    Setting setting) {

  /** How much a process is trusted. */
  enum Confinement {
    /** A build's RUN: Docker's default capabilities, set-id programs work. */
    STEP,
    /** A container: Docker's default capabilities, no new privileges. */
    CONTAINER,
    /** A stranger's code: no capabilities, a read-only root, a user namespace of its own. */
    SANDBOX
  }

  ProcessPlan {
    layersTopFirst = List.copyOf(layersTopFirst);
    mounts = List.copyOf(mounts);
    ports = List.copyOf(ports);
    arguments = List.copyOf(arguments);
  }

  String hostname() {
    return setting.surroundings().hostname();
  }
}
