package io.jollyboat.build;

import io.jollyboat.dockerfile.DockerIgnore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The files that a build's COPY and ADD read, and what is known about them. */
final class OpenContext {
  private static final String IGNORE = ".dockerignore";
  private static final int MOST_BYTES = 128 << 20;

  private final ContextTree tree;
  private final ContextDigests digests;
  private final DockerIgnore ignore;

  private OpenContext(Path root, ContextDigests digests, DockerIgnore ignore) {
    this.tree = new ContextTree(root, ignore);
    this.digests = digests;
    this.ignore = ignore;
  }

  /**
   * @param dockerfile one that has a {@code .dockerignore} of its own, named as it is and that,
   *     needs no other
   * @throws io.jollyboat.dockerfile.DockerfileSyntaxException a malformed {@code .dockerignore}
   */
  static OpenContext of(Path root, ContextDigests digests, Optional<Path> dockerfile) {
    boolean hasOwn =
        dockerfile
            .map(file -> file.resolveSibling(file.getFileName() + IGNORE))
            .filter(Files::exists)
            .isPresent();
    return new OpenContext(
        root, digests, hasOwn ? DockerIgnore.ofContext(root, dockerfile) : ignored(root, IGNORE));
  }

  /** The same where the Dockerfile is in the context itself. */
  static OpenContext ofInside(Path root, ContextDigests digests, String dockerfile) {
    String own = TreePath.clean(dockerfile) + IGNORE;
    boolean hasOwn = everything(root).find(own).isPresent();
    return new OpenContext(root, digests, ignored(root, hasOwn ? own : IGNORE));
  }

  /** Links are followed inside the context only: who made it may be a stranger. */
  private static DockerIgnore ignored(Path directory, String path) {
    try {
      ContextTree tree = everything(directory);
      if (tree.find(tree.resolve(path)).isEmpty()) {
        return DockerIgnore.none();
      }
      return DockerIgnore.parse(text(tree, path), directory.resolve(path).toString());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read " + directory.resolve(path) + ": " + e.getMessage(), e);
    }
  }

  /** What a directory holds, ignored or not. */
  static ContextTree everything(Path root) {
    return new ContextTree(root, DockerIgnore.none());
  }

  static String text(ContextTree tree, String path) throws IOException {
    try (InputStream in = tree.open(path)) {
      return text(in, path);
    }
  }

  static String text(InputStream in, String name) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new IOException(name + " has more than " + MOST_BYTES + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  ContextTree tree() {
    return tree;
  }

  /** As it is now. */
  ContextTree again() {
    return new ContextTree(tree.root(), ignore);
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
