package io.jollyboat.registry;

import io.jollyboat.Credentials;
import io.jollyboat.oci.json.JsonText;
import io.jollyboat.oci.json.JsonTextException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A file of credentials to be changed: what else is in it stays. It is written whole or not at all,
 * and for its owner's eyes only. Not safe for use by several threads.
 */
final class AuthFile {
  private static final String AUTHS = "auths";

  private final Path file;
  private final Map<String, Object> members;

  private AuthFile(Path file, Map<String, Object> members) {
    this.file = file;
    this.members = members;
  }

  /** An empty one where there is none. */
  static AuthFile read(Path file) throws IOException {
    try {
      return new AuthFile(file, JsonText.parse(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return new AuthFile(file, new LinkedHashMap<>());
    } catch (JsonTextException e) {
      throw new IOException("it is malformed, and left as it is: " + e.getMessage(), e);
    }
  }

  /** The helper that keeps a registry's credentials. */
  Optional<String> helper(String host) {
    return RegistryJson.string(RegistryJson.object(members, "credHelpers"), host)
        .or(() -> RegistryJson.string(members, "credsStore"));
  }

  private Map<String, Object> auths() {
    Map<String, Object> auths = new LinkedHashMap<>();
    RegistryJson.object(members, AUTHS).forEach((key, value) -> auths.put((String) key, value));
    return auths;
  }

  private void put(String key, Map<String, Object> entry) {
    Map<String, Object> auths = auths();
    auths.put(key, entry);
    members.put(AUTHS, auths);
  }

  /** Says that a helper has it, as Docker does. */
  void putHelped(String key) {
    put(key, Map.of());
  }

  void put(String key, Credentials credentials) {
    String secret = new String(credentials.secret().reveal(), StandardCharsets.UTF_8);
    if (credentials.user().isEmpty()) {
      put(key, Map.of("auth", base64(":"), "identitytoken", secret));
    } else {
      put(key, Map.of("auth", base64(credentials.user().get() + ":" + secret)));
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether there was such an entry. */
  boolean remove(Predicate<String> which) {
    Map<String, Object> auths = auths();
    boolean known = auths.keySet().removeIf(which);
    members.put(AUTHS, auths);
    return known;
  }

  void write() throws IOException {
    Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
    Path directory = target.resolveSibling(".");
    if (Files.notExists(directory)) {
      Files.createDirectories(
          directory.normalize(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path part =
        Files.createTempFile(
            directory.normalize(),
            ".auth",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(part, JsonText.writePretty(members) + "\n");
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
