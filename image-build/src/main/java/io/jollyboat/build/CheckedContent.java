package io.jollyboat.build;

import io.jollyboat.oci.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/**
 * A file's bytes, which must be those that the step's key was made of: closing fails when the file
 * was changed since then. Not safe for use by several threads.
 */
final class CheckedContent extends FilterInputStream {
  private final MessageDigest hasher;
  private final Digest expected;
  private final String name;
  private boolean closed;

  CheckedContent(InputStream content, Digest expected, String name) {
    this(content, Digest.sha256Hasher(), expected, name);
  }

  private CheckedContent(InputStream content, MessageDigest hasher, Digest expected, String name) {
    super(new DigestInputStream(content, hasher));
    this.hasher = hasher;
    this.expected = expected;
    this.name = name;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (InputStream rest = in) {
      rest.transferTo(java.io.OutputStream.nullOutputStream());
    }
    if (!Digest.of(hasher).equals(expected)) {
      throw new IOException(name + " was changed while the build read it: build again");
    }
  }
}
