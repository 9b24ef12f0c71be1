package io.jollyboat.spi;

import io.jollyboat.Credentials;
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
}
