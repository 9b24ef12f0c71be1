package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.launcher.MountPropagation;
import io.jollyboat.linux.security.ProtectedPaths;
import io.jollyboat.linux.syscall.Fd;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Something that a container sees in place of its image's files. Immutable.
 *
 * @param target absolute and normal path in the container
 * @param readOnly with all that is mounted below the source
 */
public record ContainerMount(Content content, String target, boolean readOnly) {
  private static final int ANYONE = 01777;

  /** What is mounted. Immutable. */
  public sealed interface Content {
    /**
     * A file or directory of this machine, which must exist, with all that is mounted below it.
     *
     * @param below what of it, links followed inside it; empty for the whole
     */
    record Bind(Path source, String below, MountPropagation propagation) implements Content {}

    /**
     * What {@link OpenMounts} made of a shared bind.
     *
     * @param tree a copy of the host's mounts
     */
    record Opened(Fd tree, boolean directory, MountPropagation propagation) implements Content {}

    /**
     * A file system in memory.
     *
     * @param bytes the most it takes, 0 for the kernel's default of half the memory
     */
    record Memory(long bytes, int mode) implements Content {}

    /**
     * The merged tree of an image's layers, read-only; of no layers an empty directory.
     *
     * @param below a directory of it, links followed inside it; empty for the whole
     */
    record Layers(List<Path> layersTopFirst, String below) implements Content {
      public Layers {
        layersTopFirst = List.copyOf(layersTopFirst);
      }
    }

    /**
     * A directory of this machine with changes written elsewhere; all must exist.
     *
     * @param lock of a place that one container at a time may write to: a file, made when missing
     */
    record Overlay(Path lower, Path upper, Path work, Optional<Path> lock) implements Content {}
  }

  /**
   * @throws IllegalArgumentException for a target that is the root, or would cover what protects
   *     the host
   */
  public ContainerMount {
    target = Path.of(target).normalize().toString();
    if (!target.startsWith("/") || target.equals("/")) {
      throw new IllegalArgumentException(
          "a mount needs an absolute path below the container's root, not \"" + target + "\"");
    }
    if (!ProtectedPaths.mayBeMountedOver(target)) {
      throw new IllegalArgumentException(
          "nothing may be mounted on "
              + target
              + ": /proc tells the kernel's own view and guards the host");
    }
  }

  public static ContainerMount bind(Path source, String target, boolean readOnly) {
    return new ContainerMount(
        new Content.Bind(source, "", MountPropagation.PRIVATE), target, readOnly);
  }

  public static ContainerMount tmpfs(String target, long bytes) {
    return new ContainerMount(new Content.Memory(bytes, ANYONE), target, false);
  }

  /** Whether its mount point is a directory, not a file. */
  boolean needsDirectory() {
    if (content instanceof Content.Opened opened) {
      return opened.directory();
    }
    if (content instanceof Content.Bind bind) {
      return bind.below().isEmpty()
          ? Files.isDirectory(bind.source())
          : !Files.isRegularFile(bind.source().resolve(bind.below()), LinkOption.NOFOLLOW_LINKS);
    }
    return true;
  }

  ContainerMount at(String resolvedTarget) {
    return new ContainerMount(content, resolvedTarget, readOnly);
  }

  ContainerMount with(Content changed) {
    return new ContainerMount(changed, target, readOnly);
  }

  /** How many names lie above the target: what is above is mounted first. */
  int depth() {
    return (int) target.chars().filter(c -> c == '/').count();
  }
}
