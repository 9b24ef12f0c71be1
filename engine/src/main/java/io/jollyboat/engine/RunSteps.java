package io.jollyboat.engine;

import io.jollyboat.ContainerException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Rights;
import io.jollyboat.linux.launcher.MountPropagation;
import io.jollyboat.linux.process.ExitReport;
import io.jollyboat.linux.rootfs.ContainerMount;
import io.jollyboat.linux.rootfs.ContainerMount.Content;
import io.jollyboat.linux.rootfs.RootFileSystem;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.StepRequest;
import io.jollyboat.spi.host.StepRequest.StepMount;
import io.jollyboat.spi.host.StepRunner;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;

/** Runs a build's RUN steps, each in a container of its own. Safe for use by several threads. */
final class RunSteps implements StepRunner {
  private static final int BUFFER = 1 << 16;

  private final Isolator isolator;
  private final Path directory;
  private final LayerTrees trees;

  /**
   * @param directory for the steps' private files
   */
  RunSteps(Isolator isolator, Path directory, LayerTrees trees) {
    this.isolator = isolator;
    this.directory = directory;
    this.trees = trees;
  }

  @Override
  public StepResult run(StepRequest request, StepOutput output) {
    Path own = directory.resolve(request.id().hex());
    try (CloseStack files = new CloseStack()) {
      files.push(() -> trees.delete(own));
      Files.createDirectories(own);
      try (IsolatedProcess step = isolator.start(plan(request, own))) {
        copy(step, output);
        ExitReport end = step.process().onExit().get();
        return new StepResult(end.code(), step.ranOutOfMemory());
      }
    } catch (InterruptedException | InterruptedIOException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("the step was interrupted", e);
    } catch (IOException | ExecutionException e) {
      throw new ContainerException(
          "cannot follow the step: " + e.getMessage(),
          "read the output",
          OptionalInt.empty(),
          "",
          e);
    }
  }

  private static void copy(IsolatedProcess step, StepOutput output)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream both = step.process().output()) {
      int count = both.read(buffer);
      while (count >= 0) {
        output.print(buffer, count);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        count = both.read(buffer);
      }
    }
  }

  private static ProcessPlan plan(StepRequest request, Path own) {
    List<ContainerMount> mounts = new ArrayList<>();
    for (StepMount mount : request.mounts()) {
      mounts.add(mount(mount));
    }
    return new ProcessPlan(
        request.id(),
        own,
        imageKey(request.layersTopFirst()),
        request.layersTopFirst(),
        request.hostImage(),
        new RootFileSystem.Writable(request.upper(), request.work()),
        false,
        mounts,
        request.network(),
        List.of(),
        request.given().resources(),
        Optional.empty(),
        ProcessPlan.Confinement.STEP,
        request.insecure() ? Rights.defaults().privileged() : Rights.defaults(),
        request.user(),
        request.workdir(),
        request.args(),
        request.environment(),
        Map.of(),
        false,
        false,
        Setting.of(request.given(), request.id(), request.network()));
  }

  private static ContainerMount mount(StepMount mount) {
    if (mount.content() instanceof StepMount.Content.Memory memory) {
      return ContainerMount.tmpfs(mount.target(), memory.size());
    }
    if (mount.content() instanceof StepMount.Content.Layers layers) {
      return new ContainerMount(
          new Content.Layers(layers.layersTopFirst(), layers.below()), mount.target(), true);
    }
    StepMount.Content.Bind bind = (StepMount.Content.Bind) mount.content();
    return new ContainerMount(
        new Content.Bind(bind.source(), bind.below(), MountPropagation.PRIVATE),
        mount.target(),
        mount.readOnly());
  }

  /** Layers lie in directories that their chain id names: equal paths are equal layers. */
  static String imageKey(List<Path> layersTopFirst) {
    return layersTopFirst.isEmpty()
        ? "scratch"
        : Digest.sha256(layersTopFirst.get(0).toString().getBytes(StandardCharsets.UTF_8)).hex();
  }
}
