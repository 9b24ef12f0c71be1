package io.jollyboat.spi;

import io.jollyboat.Credentials;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import java.io.InputStream;
import java.util.List;
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

  /**
   * Uploads a manifest that has a subject, by its digest, so that {@link #referrers} finds it. By
   * default the tag of {@link ReferrersTag} tells of it: a registry that finds referrers by itself
   * overrides both.
   */
  default void attach(ImageReference repository, Manifest referrer) {
    Digest digest =
        pushManifest(
            repository.withDigest(referrer.digest()), referrer.mediaType(), referrer.bytes());
    ReferrersTag.add(this, repository.withDigest(digest), referrer);
  }

  /**
   * What refers to a manifest or index, each with its artifact type and annotations; nothing where
   * the registry has not heard of it.
   *
   * @param subject with the digest of what is referred to
   */
  default List<Descriptor> referrers(ImageReference subject) {
    return ReferrersTag.list(this, subject);
  }

  /**
   * The tags of a repository, sorted; none where there is no such repository.
   *
   * @throws UnsupportedOperationException as by default: this registry cannot tell
   */
  default List<String> tags(ImageReference repository) {
    throw new UnsupportedOperationException(
        "the registry of " + repository + " cannot list tags: it does not override tags()");
  }

  /**
   * Deletes a tag, or what has a digest together with its tags; says whether it was there.
   *
   * @throws UnsupportedOperationException as by default: nothing can be deleted here
   */
  default boolean delete(ImageReference reference) {
    throw new UnsupportedOperationException(
        reference + " cannot be deleted: its registry does not override delete()");
  }

  /**
   * Asks a registry whether it takes these credentials, and keeps them for later if it does.
   *
   * @throws UnsupportedOperationException as by default: this registry knows of no accounts
   */
  default void login(String registryHost, Credentials credentials) {
    throw new UnsupportedOperationException(
        "there is no logging in to " + registryHost + ": its registry does not override login()");
  }

  /**
   * Forgets what {@link #login} has kept; says whether there was anything.
   *
   * @throws UnsupportedOperationException as by default: this registry knows of no accounts
   */
  default boolean logout(String registryHost) {
    throw new UnsupportedOperationException(
        "there is no logging out of " + registryHost + ": its registry does not override logout()");
  }
}
