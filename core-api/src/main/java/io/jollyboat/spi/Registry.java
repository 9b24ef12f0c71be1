package io.jollyboat.spi;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import java.io.InputStream;
import java.util.Optional;

/**
 * A place that keeps images: bytes in, bytes out. The engine verifies digests and caches around it.
 * Failures are {@link io.jollyboat.RegistryException}s. Implementations are safe for use by several
 * threads.
 */
public interface Registry {
  /** The descriptor of a tag's or digest's manifest or index; empty when the registry has none. */
  Optional<Descriptor> resolve(ImageReference reference);

  /** The bytes of a manifest or index, exactly as stored. */
  byte[] manifest(ImageReference repository, Descriptor manifest);

  /**
   * The bytes of a blob, from an offset on; the caller closes the stream.
   *
   * @param offset bytes already read, 0 for all
   */
  InputStream blob(ImageReference repository, Descriptor blob, long offset);

  /**
   * Whether {@code to} has the blob now, because it was there or was mounted from another
   * repository.
   *
   * @param from a repository of the same registry that has the blob; equal to {@code to} when none
   *     is known, and then only asked
   */
  boolean mount(ImageReference from, ImageReference to, Descriptor blob);

  /** Uploads a blob. */
  void pushBlob(ImageReference repository, Descriptor blob, InputStream content);

  /** Uploads a manifest or index under the reference's tag or digest, and gives its digest. */
  Digest pushManifest(ImageReference reference, String mediaType, byte[] manifest);
}
