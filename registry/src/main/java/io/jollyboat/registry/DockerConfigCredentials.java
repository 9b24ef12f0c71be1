package io.jollyboat.registry;

import io.jollyboat.Credentials;
import io.jollyboat.Secret;
import io.jollyboat.spi.CredentialSource;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code docker login} has left: {@code config.json} and the helpers that it names. The file
 * is read each time. Safe for use by several threads.
 */
public final class DockerConfigCredentials implements CredentialSource {
  private static final System.Logger LOG =
      System.getLogger(DockerConfigCredentials.class.getName());
  private static final String HUB = "docker.io";
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  private final Path file;

  /** {@code $DOCKER_CONFIG/config.json}, or {@code ~/.docker/config.json}. */
  public DockerConfigCredentials() {
    this(defaultFile());
  }

  public DockerConfigCredentials(Path configFile) {
    this.file = configFile;
  }

  private static Path defaultFile() {
    String directory = System.getenv("DOCKER_CONFIG");
    return directory == null || directory.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".docker", "config.json")
        : Path.of(directory, "config.json");
  }

  /**
   * Nothing where the file is missing; where it cannot be read, nothing and a warning in the log.
   */
  @Override
  public Optional<Credentials> find(String registryHost) {
    try {
      Map<String, Object> config = RegistryJson.parse(Files.readAllBytes(file));
      return fromHelper(config, registryHost).or(() -> fromFile(config, registryHost));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} cannot be read: no credentials from there", file);
      return Optional.empty();
    }
  }

  private static Optional<Credentials> fromHelper(Map<String, Object> config, String host) {
    Map<?, ?> helpers = RegistryJson.object(config, "credHelpers");
    for (String key : keys(host)) {
      Optional<String> helper = RegistryJson.string(helpers, key);
      if (helper.isPresent()) {
        return CredentialHelper.get(helper.get(), key);
      }
    }
    String key = host.equals(HUB) ? HUB_KEY : host;
    return RegistryJson.string(config, "credsStore").flatMap(s -> CredentialHelper.get(s, key));
  }

  private static Optional<Credentials> fromFile(Map<String, Object> config, String host) {
    Map<?, ?> auths = RegistryJson.object(config, "auths");
    Set<String> wanted = keys(host);
    for (Object key : auths.keySet()) {
      if (wanted.contains(bare((String) key))) {
        Optional<Credentials> found = entry(RegistryJson.object(auths, (String) key));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The names that a registry goes by in the file. */
  private static Set<String> keys(String host) {
    Set<String> keys = new LinkedHashSet<>();
    if (host.equals(HUB)) {
      keys.add(HUB_KEY);
      keys.add("index.docker.io");
      keys.add("registry-1.docker.io");
    }
    keys.add(host);
    return keys;
  }

  /** Without scheme and path, which some programs write. */
  private static String bare(String key) {
    return key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
  }

  private static Optional<Credentials> entry(Map<?, ?> entry) {
    Optional<String> token = RegistryJson.string(entry, "identitytoken");
    if (token.isPresent()) {
      return Optional.of(Credentials.token(Secret.of(token.get())));
    }
    Optional<String> user = RegistryJson.string(entry, "username");
    Optional<String> password = RegistryJson.string(entry, "password");
    if (user.isPresent() && password.isPresent()) {
      return Optional.of(Credentials.of(user.get(), Secret.of(password.get())));
    }
    return RegistryJson.string(entry, "auth").flatMap(DockerConfigCredentials::decode);
  }

  private static Optional<Credentials> decode(String auth) {
    try {
      String pair = new String(Base64.getMimeDecoder().decode(auth), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      if (colon < 0) {
        return Optional.empty();
      }
      String password = pair.substring(colon + 1).replaceAll("\0+$", "");
      return Optional.of(Credentials.of(pair.substring(0, colon), Secret.of(password)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
