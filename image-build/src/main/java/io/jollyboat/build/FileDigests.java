package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.MergedTree;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** The digest of a file's content in some tree. */
interface FileDigests {
  /** Reads the file each time. */
  FileDigests BY_READING = FileDigests::read;

  /**
   * @param path of a regular file in the tree
   */
  Digest digest(MergedTree tree, String path) throws IOException;

  static Digest read(MergedTree tree, String path) throws IOException {
    try (InputStream in = tree.open(path)) {
      return of(in);
    }
  }

  static Digest of(InputStream in) throws IOException {
    MessageDigest hasher = Digest.sha256Hasher();
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      hasher.update(buffer, 0, n);
    }
    return Digest.of(hasher);
  }
}
