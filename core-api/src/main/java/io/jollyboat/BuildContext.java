package io.jollyboat;

import java.io.InputStream;
import java.nio.file.Path;

/**
 * Where COPY, ADD and bind mounts of a build read from, and its Dockerfile when {@link
 * Engine#build(java.util.function.UnaryOperator)} looks for one. What its {@code .dockerignore}
 * names is left out. Owners in it count for nothing: what is copied belongs to 0:0 unless the
 * instruction says otherwise. A value.
 *
 * <p>All but a directory are unpacked, when a build begins, into a directory of the store that is
 * gone when it ends. Whoever made them may be hostile: links lead nowhere outside, and what expands
 * beyond all measure is refused.
 */
public sealed interface BuildContext {
  /** A directory of this machine. */
  static BuildContext directory(Path directory) {
    return new Directory(directory.toAbsolutePath().normalize());
  }

  /** Files of this program: {@code FileSet.empty().bytes(text, "/src/main.c")}. */
  static BuildContext files(FileSet files) {
    return new Files(files);
  }

  /** A tar archive, plain or compressed by gzip, zstd, xz or bzip2. */
  static BuildContext archive(Path file) {
    return new Archive(file.toAbsolutePath());
  }

  /**
   * What {@code docker build -} reads: a tar archive, plain or compressed; or, where it is none and
   * the build's context, a Dockerfile that has no context.
   *
   * @param content read to its end by one build, and not closed
   */
  static BuildContext stream(InputStream content) {
    return new Stream(content);
  }

  /**
   * A commit of a git repository, fetched by this machine's git.
   *
   * @param address as ADD takes it: {@code https://host/project.git#branch:directory}
   */
  static BuildContext git(String address) {
    return new Git(address);
  }

  /** A directory. */
  record Directory(Path path) implements BuildContext {}

  /** Files of this program. */
  record Files(FileSet files) implements BuildContext {}

  /** An archive in a file. */
  record Archive(Path file) implements BuildContext {}

  /** An archive, or a Dockerfile alone; equal only for the same stream. */
  record Stream(InputStream content) implements BuildContext {}

  /** A repository's commit. */
  record Git(String address) implements BuildContext {}
}
