package io.jollyboat;

import java.nio.file.Path;

/** Where the result of a build goes besides the store. Immutable. */
public sealed interface Output {
  /** One file, as {@code docker save} writes it. */
  static Output dockerArchive(Path file) {
    return new Saved(SaveSpec.Format.DOCKER_ARCHIVE, file.toAbsolutePath());
  }

  /** One tar of an OCI image layout. */
  static Output ociArchive(Path file) {
    return new Saved(SaveSpec.Format.OCI_ARCHIVE, file.toAbsolutePath());
  }

  /** A directory that is an OCI image layout; one that is there gets one more image. */
  static Output ociLayout(Path directory) {
    return new Saved(SaveSpec.Format.OCI_LAYOUT, directory.toAbsolutePath());
  }

  /**
   * The files of the image in a directory, which is missing or empty before and only there when it
   * is whole. Owners are kept for root. Set-id bits of files, file capabilities and devices, which
   * would act on this machine, are left out.
   */
  static Output directory(Path directory) {
    return new Directory(directory.toAbsolutePath());
  }

  /** The files of the image as one tar, with all that a directory would leave out. */
  static Output tar(Path file) {
    return new Tar(file.toAbsolutePath());
  }

  /** Nothing: the steps are done and kept, and no image comes of it. There can be no tag then. */
  static Output cacheOnly() {
    return new CacheOnly();
  }

  /** What {@link Images#save} writes, under the build's tags or else by its id. */
  record Saved(SaveSpec.Format format, Path destination) implements Output {}

  /** Files in a directory. */
  record Directory(Path directory) implements Output {}

  /** Files in an archive. */
  record Tar(Path file) implements Output {}

  /** Nothing. */
  record CacheOnly() implements Output {}
}
