package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.security.ProtectedPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Something that a container sees in place of its image's files. Immutable.
 *
 * @param source of this machine, must exist; empty for a tmpfs
 * @param target absolute and normal path in the container
 * @param readOnly with all that is mounted below the source
 * @param bytes most that a tmpfs takes, 0 for the kernel's default of half the memory
 */
public record ContainerMount(Optional<Path> source, String target, boolean readOnly, long bytes) {
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
    return new ContainerMount(Optional.of(source), target, readOnly, 0);
  }

  public static ContainerMount tmpfs(String target, long bytes) {
    return new ContainerMount(Optional.empty(), target, false, bytes);
  }

  boolean needsDirectory() {
    return source.isEmpty() || Files.isDirectory(source.get());
  }

  ContainerMount at(String resolvedTarget) {
    return new ContainerMount(source, resolvedTarget, readOnly, bytes);
  }

  /** How many names lie above the target: what is above is mounted first. */
  int depth() {
    return (int) target.chars().filter(c -> c == '/').count();
  }
}
