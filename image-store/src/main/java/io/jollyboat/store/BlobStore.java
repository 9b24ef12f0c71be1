package io.jollyboat.store;

import io.jollyboat.oci.Digest;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Bytes by their digest: manifests, configurations and compressed layers exactly as they were
 * received or made. Safe for use by several threads and processes.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class BlobStore {
  /** The file of a blob, which must not be changed. */
  public Optional<Path> find(Digest digest) {
    throw new UnsupportedOperationException();
  }

  /**
   * Stores a stream, read to its end but not closed.
   *
   * @param size its length in bytes
   * @throws io.jollyboat.ContentException when length or digest is not what was said; nothing is
   *     kept then
   */
  public Path put(Digest digest, long size, InputStream content) {
    throw new UnsupportedOperationException();
  }

  /** Stores some bytes under their SHA-256 digest. */
  public Digest put(byte[] content) {
    throw new UnsupportedOperationException();
  }

  /**
   * All bytes of a small blob, verified.
   *
   * @throws io.jollyboat.StoreException when it is missing or damaged
   */
  public byte[] read(Digest digest) {
    throw new UnsupportedOperationException();
  }

  /** Deletes a blob if it is there. */
  public void delete(Digest digest) {
    throw new UnsupportedOperationException();
  }
}
