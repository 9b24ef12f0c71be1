package io.jollyboat.engine;

import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Mount;
import io.jollyboat.Size;
import io.jollyboat.build.HostBase;
import io.jollyboat.engine.ProcessPlan.Confinement;
import io.jollyboat.linux.network.PublishedPort;
import io.jollyboat.linux.rootfs.RootFileSystem;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** From a container's specification and its image to the process that is isolated. */
final class ContainerPlans {
  /** Held in memory, and counted with it. */
  private static final Size SANDBOX_TMP = Size.mib(64);

  private ContainerPlans() {}

  /**
   * @throws ContainerException if the specification asks for what cannot be
   */
  static ProcessPlan plan(
      LiveContainer container,
      Path directory,
      RootFileSystem.Writable writable,
      ImageStore store,
      ContainerMounts mounts,
      Neighbour.Search neighbours) {
    try {
      return checked(container, directory, writable, store, mounts, neighbours);
    } catch (IllegalArgumentException e) {
      throw invalid("container " + container.name() + ": " + e.getMessage(), e);
    }
  }

  private static ProcessPlan checked(
      LiveContainer container,
      Path directory,
      RootFileSystem.Writable writable,
      ImageStore store,
      ContainerMounts mounts,
      Neighbour.Search neighbours) {
    ContainerSpec spec = container.spec();
    ImageConfig config = container.storedImage().config();
    List<Path> layers = layersTopFirst(store, config);
    return new ProcessPlan(
        container.id(),
        directory,
        RunSteps.imageKey(layers),
        layers,
        HostBase.isOn(config),
        writable,
        spec.sandboxed() || spec.rootIsReadOnly(),
        mounts.prepare(mounts(spec), config, spec.pull(), layers, directory),
        spec.network(),
        spec.ports().stream()
            .map(port -> new PublishedPort(port.host(), port.containerPort()))
            .toList(),
        spec.resources(),
        spec.logs(),
        spec.sandboxed() ? Confinement.SANDBOX : Confinement.CONTAINER,
        spec.rights(),
        spec.user().or(config::user).orElse(""),
        workdir(spec, config),
        arguments(spec, config, container.name()),
        ProcessEnvironment.parse(config.env()),
        spec.env(),
        spec.stdinOpen(),
        spec.outlivesEngine(),
        Setting.of(spec, container.id(), neighbours));
  }

  static List<Path> layersTopFirst(ImageStore store, ImageConfig config) {
    List<Path> layers = new ArrayList<>();
    for (Layer layer : store.layers().chain(config.diffIds())) {
      layers.add(layer.tree());
    }
    Collections.reverse(layers);
    return layers;
  }

  private static String workdir(ContainerSpec spec, ImageConfig config) {
    String workdir = spec.workdir().or(config::workingDir).filter(d -> !d.isEmpty()).orElse("/");
    if (!workdir.startsWith("/")) {
      throw invalid("the working directory must be an absolute path, not \"" + workdir + "\"");
    }
    return workdir;
  }

  /** An entrypoint of the specification's own makes the image's command meaningless. */
  private static List<String> arguments(ContainerSpec spec, ImageConfig config, String name) {
    List<String> words = new ArrayList<>(spec.entrypoint().orElseGet(config::entrypoint));
    List<String> fallback = spec.entrypoint().isPresent() ? List.of() : config.cmd();
    words.addAll(spec.command().orElse(fallback));
    if (words.isEmpty()) {
      throw invalid(
          "container " + name + " has no command: the image names none, so give one, command(...)");
    }
    return words;
  }

  private static List<Mount> mounts(ContainerSpec spec) {
    if (!spec.sandboxed() || spec.mounts().stream().anyMatch(m -> m.target().equals("/tmp"))) {
      return spec.mounts();
    }
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    mounts.add(Mount.tmpfs("/tmp", SANDBOX_TMP));
    return mounts;
  }

  private static ContainerException invalid(String message) {
    return invalid(message, null);
  }

  private static ContainerException invalid(String message, @Nullable Throwable cause) {
    return new ContainerException(
        message, "check the specification", OptionalInt.empty(), "", cause);
  }
}
