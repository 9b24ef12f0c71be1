package io.jollyboat.registry;

import io.jollyboat.RegistrySettings;
import io.jollyboat.RegistrySettings.Certificates;
import io.jollyboat.RegistrySettings.KeyPairFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whom to trust as a host, and what to show to it: what was said by name, then Docker's files. */
final class HostCertificates {
  private final RegistrySettings settings;

  HostCertificates(RegistrySettings settings) {
    this.settings = settings;
  }

  /**
   * @param host with its port, where it is not the usual one
   */
  Certificates of(String host) {
    Certificates named = settings.certificates(host);
    List<Path> authorities = new ArrayList<>(named.authorities());
    Optional<KeyPairFiles> client = named.client();
    for (Path directory : settings.certificateDirectories()) {
      for (Path file : list(directory.resolve(host))) {
        String name = file.getFileName().toString();
        if (name.endsWith(".crt")) {
          authorities.add(file);
        } else if (name.endsWith(".cert") && client.isEmpty()) {
          Path key = file.resolveSibling(name.replaceFirst("cert$", "key"));
          client = Optional.of(new KeyPairFiles(file, key));
        }
      }
    }
    return new Certificates(authorities, client);
  }

  private static List<Path> list(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the certificates in " + directory + " cannot be listed", e);
    }
  }
}
