package io.jollyboat.build;

import io.jollyboat.dockerfile.DockerIgnore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

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
   * @throws io.jollyboat.dockerfile.DockerfileSyntaxException a malformed {@code .dockerignore}
   */
  static BuildContext open(Path directory, ContextDigests digests) {
    DockerIgnore ignore = readIgnore(directory.resolve(".dockerignore"));
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

  boolean ignoresNothing() {
    return ignore.isEmpty();
  }
}
