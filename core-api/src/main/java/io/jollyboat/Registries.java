package io.jollyboat;

import io.jollyboat.oci.Descriptor;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What registries hold, asked and changed without the store: OCI distribution-spec 1.1. References
 * are those of {@link Engine#pull(String)}. Safe for use by several threads.
 */
public interface Registries {
  /** The descriptor of what a reference names; empty when the registry has none. */
  Optional<Descriptor> resolve(String reference);

  /**
   * The bytes of a manifest or an index, exactly as they are kept there, of any media type.
   *
   * @throws ImageNotFoundException when the registry does not have it
   * @throws ContentException when they are not what their digest says
   */
  byte[] manifest(String reference);

  /**
   * The bytes of a blob, such as an artifact's; the caller closes the stream. Reading to the end
   * fails with {@link ContentException} when they are not what the descriptor says.
   *
   * @param repository any reference of the repository
   */
  InputStream blob(String repository, Descriptor blob);

  /** The tags of a repository, sorted; none where there is no such repository. */
  List<String> tags(String repository);

  /**
   * What refers to an image: signatures, bills of materials and other artifacts, each with its
   * artifact type and annotations.
   *
   * @throws ImageNotFoundException when the registry does not have the image
   */
  List<Descriptor> referrers(String reference);

  /** Those of one kind. */
  default List<Descriptor> referrers(String reference, String artifactType) {
    return referrers(reference).stream()
        .filter(referrer -> referrer.artifactType().filter(artifactType::equals).isPresent())
        .toList();
  }

  /**
   * Adds an artifact that refers to an image or index of the same repository. The same artifact
   * attached twice is one.
   *
   * @return its manifest's descriptor, as {@link #referrers(String)} gives it
   * @throws ImageNotFoundException when the registry does not have the image
   */
  Descriptor attach(String reference, Artifact artifact);

  /**
   * Deletes a tag or, of a reference with a digest, a manifest and all its tags. Registries free
   * the space when they like; many delete no tag alone, or nothing at all.
   *
   * @throws ImageNotFoundException when the registry does not have it
   * @throws RegistryException when it does not allow that
   */
  void delete(String reference);

  /** Copies with every default: all platforms. */
  default Pushed copy(String from, String to) {
    return copy(from, to, options -> options);
  }

  /**
   * Copies an image, an index with all it leads to, or an artifact from one repository to another,
   * byte by byte and without the store. What is there is skipped, what the same registry has is
   * mounted, and the rest streams through.
   *
   * @param options the platform, if only one of an index is wanted; credentials are those for the
   *     destination
   * @throws ImageNotFoundException when the source does not have it
   */
  Pushed copy(String from, String to, UnaryOperator<TransferSpec> options);

  /**
   * Makes sure that a registry takes these credentials, and keeps them where {@code docker login}
   * does: by the credential helper that Docker's {@code config.json} names, or in that file, which
   * only its owner may read. What the engine's builder was given as credentials has to keep them by
   * itself.
   *
   * @param registry its host, with the port if there is one; Docker Hub is {@code docker.io}
   * @throws RegistryException when the registry refuses them, or cannot be reached; nothing is kept
   * @throws StoreException when they cannot be kept
   */
  void login(String registry, Credentials credentials);

  /** Forgets the credentials for a registry, where there are any. */
  void logout(String registry);
}
