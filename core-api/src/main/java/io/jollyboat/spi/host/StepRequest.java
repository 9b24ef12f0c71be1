package io.jollyboat.spi.host;

import io.jollyboat.ContainerId;
import io.jollyboat.NetworkMode;
import io.jollyboat.StepSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One RUN step.
 *
 * @param id of the container that the step runs in
 * @param layersTopFirst the file system below the step; may be empty
 * @param upper an empty directory that receives what the step changes, in overlayfs's form
 * @param work an empty directory on the same file system, for overlayfs's own use
 * @param hostImage the programs of this machine are bound over the root, see {@link
 *     io.jollyboat.Image#host()}
 * @param args words to execute
 * @param environment of the step, as the image and the build arguments give it; HOME, HOSTNAME and
 *     the engine's certificates and proxies are added by the runner
 * @param workdir absolute path inside the root; made when missing
 * @param user {@code user[:group]}, names of the root's passwd and group files or numbers; empty:
 *     root
 * @param given limits, hosts and the like; its network counts for nothing here
 * @param insecure the step has every right but those over other namespaces
 */
public record StepRequest(
    ContainerId id,
    List<Path> layersTopFirst,
    Path upper,
    Path work,
    boolean hostImage,
    List<String> args,
    Map<String, String> environment,
    String workdir,
    String user,
    NetworkMode network,
    StepSpec given,
    boolean insecure,
    List<StepMount> mounts) {
  public StepRequest {
    layersTopFirst = List.copyOf(layersTopFirst);
    args = List.copyOf(args);
    environment = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(environment));
    mounts = List.copyOf(mounts);
  }

  /**
   * A mount that only this step sees.
   *
   * @param content what is mounted
   * @param target absolute path inside the root
   */
  public record StepMount(Content content, String target, boolean readOnly) {
    /** What is mounted. Immutable. */
    public sealed interface Content {
      /**
       * A directory or file of this machine.
       *
       * @param below what of it, links followed inside it; empty for the whole
       */
      record Bind(Path source, String below) implements Content {}

      /**
       * A directory of the merged view of some layers, which nothing can be written to.
       *
       * @param layersTopFirst empty for an empty directory
       * @param below which, links followed inside the view; empty for the whole
       */
      record Layers(List<Path> layersTopFirst, String below) implements Content {
        public Layers {
          layersTopFirst = List.copyOf(layersTopFirst);
        }
      }

      /**
       * Memory.
       *
       * @param size in bytes; 0: half of the memory
       */
      record Memory(long size) implements Content {}
    }

    public static StepMount bind(Path source, String target, boolean readOnly) {
      return new StepMount(new Content.Bind(source, ""), target, readOnly);
    }

    public static StepMount tmpfs(String target, long size) {
      return new StepMount(new Content.Memory(size), target, false);
    }
  }
}
