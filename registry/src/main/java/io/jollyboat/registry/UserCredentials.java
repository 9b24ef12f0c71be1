package io.jollyboat.registry;

import io.jollyboat.Credentials;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.CredentialSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a user has logged in to by Docker, Podman or this library. The first file that has
 * credentials counts: {@code $REGISTRY_AUTH_FILE}; Docker's {@code config.json} in {@code
 * $DOCKER_CONFIG} or {@code ~/.docker}; Podman's {@code containers/auth.json} in {@code
 * $XDG_RUNTIME_DIR} (without it, {@code /run/containers/$UID/auth.json}), then in {@code
 * $XDG_CONFIG_HOME} or {@code ~/.config}. A login goes to the first of these. Safe for use by
 * several threads.
 */
public final class UserCredentials implements CredentialSource {
  private final List<DockerConfigCredentials> files;

  private UserCredentials(List<Path> files) {
    this.files = files.stream().map(DockerConfigCredentials::new).toList();
  }

  /** As this process's environment says. */
  public static UserCredentials ofThisProcess() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /**
   * @param environment variables of which those named above are looked at
   */
  public static UserCredentials of(Map<String, String> environment, Path home) {
    Function<String, Optional<Path>> variable =
        name -> Optional.ofNullable(environment.get(name)).filter(v -> !v.isEmpty()).map(Path::of);
    List<Path> files = new ArrayList<>();
    variable.apply("REGISTRY_AUTH_FILE").ifPresent(files::add);
    files.add(
        variable.apply("DOCKER_CONFIG").orElse(home.resolve(".docker")).resolve("config.json"));
    files.add(
        variable
            .apply("XDG_RUNTIME_DIR")
            .map(directory -> directory.resolve("containers/auth.json"))
            .orElseGet(UserCredentials::runtimeFile));
    files.add(
        variable
            .apply("XDG_CONFIG_HOME")
            .orElse(home.resolve(".config"))
            .resolve("containers/auth.json"));
    return new UserCredentials(files);
  }

  private static Path runtimeFile() {
    try {
      Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return Path.of("/run/containers", String.valueOf(uid), "auth.json");
    } catch (java.io.IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return Path.of("/run/containers/none/auth.json");
    }
  }

  @Override
  public Optional<Credentials> find(String registryHost) {
    return files.stream().flatMap(file -> file.find(registryHost).stream()).findFirst();
  }

  @Override
  public Optional<Credentials> find(ImageReference repository) {
    return files.stream().flatMap(file -> file.find(repository).stream()).findFirst();
  }

  @Override
  public void store(String registryHost, Credentials credentials) {
    files.get(0).store(registryHost, credentials);
  }

  /** From all of them: who has logged out is not logged in. */
  @Override
  public boolean erase(String registryHost) {
    boolean known = false;
    for (DockerConfigCredentials file : files) {
      known |= file.find(registryHost).isPresent() && file.erase(registryHost);
    }
    return known;
  }
}
