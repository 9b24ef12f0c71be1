package io.jollyboat.spi;

import io.jollyboat.Credentials;
import io.jollyboat.oci.ImageReference;
import java.util.Optional;

/**
 * Where credentials for registries come from. Implementations are safe for use by several threads.
 */
public interface CredentialSource {
  /**
   * The credentials for a registry; empty for anonymous access.
   *
   * @param registryHost host, with the port where the reference has one, as in {@code
   *     registry.example:5000}; Docker Hub is {@code docker.io}
   */
  Optional<Credentials> find(String registryHost);

  /**
   * The credentials for a repository, where a registry has several accounts; by default those for
   * its registry.
   */
  default Optional<Credentials> find(ImageReference repository) {
    return find(repository.domain());
  }

  /**
   * Keeps credentials, in place of others for that registry.
   *
   * @throws UnsupportedOperationException as by default: nothing can be kept here
   */
  default void store(String registryHost, Credentials credentials) {
    throw new UnsupportedOperationException(
        "credentials for " + registryHost + " cannot be kept: their source does not store any");
  }

  /**
   * Forgets the credentials for a registry; says whether there were any.
   *
   * @throws UnsupportedOperationException as by default: nothing is kept here
   */
  default boolean erase(String registryHost) {
    throw new UnsupportedOperationException(
        "credentials for " + registryHost + " cannot be erased: their source does not keep any");
  }
}
