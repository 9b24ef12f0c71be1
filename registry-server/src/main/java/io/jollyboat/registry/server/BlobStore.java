package io.jollyboat.registry.server;

import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Keeps bytes under their digests. Implementations are safe for use by several threads. */
interface BlobStore {
  /** The length of a blob in bytes; empty when there is none. */
  OptionalLong size(Digest digest);

  /** The bytes from an offset on. */
  InputStream open(Digest digest, long offset) throws IOException;

  /** Somewhere to write what will be a blob. */
  Upload newUpload() throws IOException;

  /** Bytes on their way in. Not safe for use by several threads. */
  interface Upload {
    /** Adds all of the stream. */
    void append(InputStream content) throws IOException;

    long size();

    /** Hashes what was written and keeps it if the digest is right; otherwise drops it. */
    boolean commit(Digest digest) throws IOException;

    void abandon() throws IOException;
  }
}
