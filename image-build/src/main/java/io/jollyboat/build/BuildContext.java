package io.jollyboat.build;

import io.jollyboat.dockerfile.DockerIgnore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The directory that a build's COPY and ADD read, and what is known about its files. */
final class BuildContext {
  private final ContextTree tree;
  private final ContextDigests digests;
  private final DockerIgnore ignore;

  private BuildContext(ContextTree tree, ContextDigests digests, DockerIgnore ignore) {
    this.tree = tree;
    this.digests = digests;
    this.ignore = ignore;
  }

  /**
   * @param dockerfile one that has a {@code .dockerignore} of its own, named as it is and that,
   *     needs no other
   * @throws io.jollyboat.dockerfile.DockerfileSyntaxException a malformed {@code .dockerignore}
   */
  static BuildContext open(Path directory, ContextDigests digests, Optional<Path> dockerfile) {
    DockerIgnore ignore =
        dockerfile
            .map(file -> file.resolveSibling(file.getFileName() + ".dockerignore"))
            .filter(Files::exists)
            .map(BuildContext::readIgnore)
            .orElseGet(() -> readIgnore(directory.resolve(".dockerignore")));
    return new BuildContext(new ContextTree(directory, ignore), digests, ignore);
  }

  private static DockerIgnore readIgnore(Path file) {
    try {
      return DockerIgnore.parse(
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8), file.toString());
    } catch (NoSuchFileException e) {
      return DockerIgnore.none();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  ContextTree tree() {
    return tree;
  }

  ContextDigests digests() {
    return digests;
  }

  /** Whether a path is left out. */
  boolean isIgnored(String path) {
    return !path.isEmpty() && ignore.excludes(path);
  }

  /** What is left out. */
  DockerIgnore ignored() {
    return ignore;
  }
}
