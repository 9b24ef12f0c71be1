package io.jollyboat.registry;

import io.jollyboat.Credentials;
import io.jollyboat.Secret;
import io.jollyboat.StoreException;
import io.jollyboat.oci.ImageReference;
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
 * What {@code docker login} and {@code podman login} leave: Docker's {@code config.json} with the
 * helpers that it names, Podman's {@code auth.json} with names of repositories or of a beginning of
 * them. The file is read each time. Safe for use by several threads.
 */
public final class DockerConfigCredentials implements CredentialSource {
  private static final System.Logger LOG =
      System.getLogger(DockerConfigCredentials.class.getName());
  private static final String HUB = "docker.io";
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  private final Path file;

  public DockerConfigCredentials(Path configFile) {
    this.file = configFile;
  }

  /**
   * Nothing where the file is missing; where it cannot be read, nothing and a warning in the log.
   */
  @Override
  public Optional<Credentials> find(String registryHost) {
    return find(registryHost, "");
  }

  @Override
  public Optional<Credentials> find(ImageReference repository) {
    return find(repository.domain(), repository.path());
  }

  private Optional<Credentials> find(String host, String path) {
    try {
      Map<String, Object> config = RegistryJson.parse(Files.readAllBytes(file));
      return fromHelper(config, host).or(() -> fromFile(config, host, path));
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

  /** The entry of the longest beginning of the repository's name, down to the registry's own. */
  private static Optional<Credentials> fromFile(
      Map<String, Object> config, String host, String path) {
    Map<?, ?> auths = RegistryJson.object(config, "auths");
    for (String name = path; !name.isEmpty(); name = name.replaceFirst("/?[^/]*$", "")) {
      Optional<Credentials> found = entry(RegistryJson.object(auths, host + "/" + name));
      if (found.isPresent()) {
        return found;
      }
    }
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

  /** Without the scheme and its path, which some programs write; a path alone is a namespace. */
  private static String bare(String key) {
    return key.matches("https?://.*")
        ? key.replaceFirst("^https?://", "").replaceFirst("/.*$", "")
        : key;
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

  /** By the helper that the file names for the registry, or in the file itself. */
  @Override
  public void store(String registryHost, Credentials credentials) {
    try {
      AuthFile auths = AuthFile.read(file);
      String key = registryHost.equals(HUB) ? HUB_KEY : registryHost;
      Optional<String> helper = auths.helper(registryHost);
      if (helper.isPresent()) {
        CredentialHelper.store(helper.get(), key, credentials);
        auths.putHelped(key);
      } else {
        auths.put(key, credentials);
      }
      auths.write();
    } catch (IOException e) {
      throw failed("credentials for " + registryHost + " cannot be kept", e);
    }
  }

  @Override
  public boolean erase(String registryHost) {
    try {
      AuthFile auths = AuthFile.read(file);
      boolean known = false;
      Optional<String> helper = auths.helper(registryHost);
      if (helper.isPresent()) {
        String key = registryHost.equals(HUB) ? HUB_KEY : registryHost;
        known = CredentialHelper.get(helper.get(), key).isPresent();
        if (known) {
          CredentialHelper.erase(helper.get(), key);
        }
      }
      if (auths.remove(key -> keys(registryHost).contains(bare(key)))) {
        auths.write();
        return true;
      }
      return known;
    } catch (IOException e) {
      throw failed("the credentials for " + registryHost + " cannot be erased", e);
    }
  }

  private StoreException failed(String what, IOException cause) {
    return new StoreException(what + " in " + file + ": " + cause.getMessage(), cause);
  }
}
