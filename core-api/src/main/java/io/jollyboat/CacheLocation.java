package io.jollyboat;

import io.jollyboat.oci.ImageReference;
import java.nio.file.Path;

/**
 * Where the steps of builds are kept for other machines. What is kept is an OCI image index: every
 * step an image, with the step's key as the annotation {@code io.jollyboat.build.key} of its
 * descriptor. A value.
 *
 * <p>Who can write to such a place decides what a step that is taken from it gives, as the author
 * of a base image decides what that holds: name only places that are trusted so far. Digests are
 * checked, and builds that do not name the place never see what was taken from it.
 */
public sealed interface CacheLocation {
  /** A directory: an OCI image layout. It is made when it is written to. */
  static CacheLocation directory(Path directory) {
    return new Directory(directory.toAbsolutePath().normalize());
  }

  /**
   * A name in a registry. Read, it may also be that of an image which was built with {@link
   * BuildSpec#inlineCache()}.
   *
   * @throws io.jollyboat.oci.OciFormatException when it is no reference
   */
  static CacheLocation registry(String reference) {
    return new Repository(ImageReference.parse(reference));
  }

  /** A directory. */
  record Directory(Path path) implements CacheLocation {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** A name in a registry. */
  record Repository(ImageReference reference) implements CacheLocation {
    @Override
    public String toString() {
      return reference.toString();
    }
  }
}
