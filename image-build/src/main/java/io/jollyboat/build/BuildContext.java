package io.jollyboat.build;

import io.jollyboat.dockerfile.DockerIgnore;
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
    DockerIgnore ignore = DockerIgnore.ofContext(directory, dockerfile);
    return new BuildContext(new ContextTree(directory, ignore), digests, ignore);
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
