package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Credentials;
import io.jollyboat.Secret;
import io.jollyboat.StoreException;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.CredentialSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the credentials of a user are, and what a login leaves there. */
class UserCredentialsTest {
  private final Path home;

  UserCredentialsTest(@TempDir Path directory) {
    this.home = directory;
  }

  private static String auth(String host, String user) {
    String pair =
        Base64.getEncoder().encodeToString((user + ":pw").getBytes(StandardCharsets.UTF_8));
    return "\"" + host + "\":{\"auth\":\"" + pair + "\"}";
  }

  private Path write(String file, String... entries) throws IOException {
    Path path = home.resolve(file);
    Files.createDirectories(path.resolveSibling("x").getParent());
    return Files.writeString(path, "{\"auths\":{" + String.join(",", entries) + "}}");
  }

  private CredentialSource source(Map<String, String> environment) {
    return UserCredentials.of(environment, home);
  }

  private static Optional<String> user(CredentialSource source, String reference) {
    return source.find(ImageReference.parse(reference)).flatMap(Credentials::user);
  }

  @Test
  void find_looksAtTheFilesInTheirOrder() throws IOException {
    Map<String, String> environment =
        Map.of(
            "REGISTRY_AUTH_FILE",
            home.resolve("named.json").toString(),
            "XDG_RUNTIME_DIR",
            home.resolve("run").toString());
    CredentialSource source = source(environment);
    assertEquals(Optional.empty(), user(source, "r.example/x"));
    write(".config/containers/auth.json", auth("r.example", "config"));
    assertEquals(Optional.of("config"), user(source, "r.example/x"));
    write("run/containers/auth.json", auth("r.example", "runtime"));
    assertEquals(Optional.of("runtime"), user(source, "r.example/x"));
    write(".docker/config.json", auth("r.example", "docker"));
    assertEquals(Optional.of("docker"), user(source, "r.example/x"));
    write("named.json", auth("r.example", "named"));
    assertEquals(Optional.of("named"), user(source, "r.example/x"));
    write("named.json", auth("other.example", "named"));
    assertEquals(Optional.of("docker"), user(source, "r.example/x"));
  }

  @Test
  void find_takesTheEntryOfTheLongestName() throws IOException {
    write(
        ".docker/config.json",
        auth("r.example/team/app", "app"),
        auth("r.example/team", "team"),
        auth("r.example", "all"),
        auth("n.example/team", "only"));
    CredentialSource source = source(Map.of());
    assertEquals(Optional.of("app"), user(source, "r.example/team/app:1"));
    assertEquals(Optional.of("app"), user(source, "r.example/team/app/sub:1"));
    assertEquals(Optional.of("team"), user(source, "r.example/team/application"));
    assertEquals(Optional.of("all"), user(source, "r.example/teams/app"));
    assertEquals(Optional.of("only"), user(source, "n.example/team/x"));
    assertEquals(Optional.empty(), user(source, "n.example/other/x"));
    assertEquals(Optional.empty(), source.find("n.example"));
  }

  @Test
  void store_leavesTheRestOfTheFile_andIsForItsOwnerOnly() throws IOException {
    Path file = home.resolve(".docker/config.json");
    Files.createDirectories(home.resolve(".docker"));
    Files.writeString(
        file,
        "{\"detachKeys\":\"ctrl-q\",\"experimental\":true,\"n\":1.50,\"auths\":{"
            + auth("other.example", "other")
            + "}}");
    CredentialSource source = source(Map.of());
    source.store("r.example", Credentials.of("me", Secret.of("a:b")));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(Optional.of("me"), user(source, "r.example/x"));
    assertEquals(Optional.of("other"), user(source, "other.example/x"));
    String text = Files.readString(file);
    assertTrue(text.contains("ctrl-q") && text.contains("true") && text.contains("1.5"), text);
    assertTrue(source.erase("r.example"));
    assertFalse(source.erase("r.example"));
    assertEquals(Optional.empty(), user(source, "r.example/x"));
    assertEquals(Optional.of("other"), user(source, "other.example/x"));
    try (Stream<Path> files = Files.list(home.resolve(".docker"))) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void store_ofATokenAndOfDockerHub_isAsDockerHasIt() throws IOException {
    CredentialSource source = source(Map.of());
    source.store("docker.io", Credentials.token(Secret.of("refresh")));
    String text = Files.readString(home.resolve(".docker/config.json"));
    assertTrue(text.contains("https://index.docker.io/v1/"), text);
    assertTrue(text.contains("identitytoken"), text);
    assertEquals(
        "refresh",
        new String(
            source.find("docker.io").orElseThrow().secret().reveal(), StandardCharsets.UTF_8));
    assertTrue(source.erase("docker.io"));
    assertEquals(Optional.empty(), source.find("docker.io"));
  }

  @Test
  void store_inAMalformedFile_leavesIt() throws IOException {
    Path file = home.resolve(".docker/config.json");
    Files.createDirectories(home.resolve(".docker"));
    Files.writeString(file, "{\"auths\":");
    Credentials credentials = Credentials.of("me", Secret.of("hidden"));
    StoreException e =
        assertThrows(StoreException.class, () -> source(Map.of()).store("r.example", credentials));
    assertTrue(e.toString().contains(file.toString()), e.toString());
    assertEquals("{\"auths\":", Files.readString(file));
  }

  @Test
  void store_byAHelperThatIsMissing_failsAndKeepsNothing() throws IOException {
    Path file = home.resolve(".docker/config.json");
    Files.createDirectories(home.resolve(".docker"));
    String text = "{\"credsStore\":\"jollyboat-no-such-helper\"}";
    Files.writeString(file, text);
    Credentials credentials = Credentials.of("me", Secret.of("hidden"));
    StoreException e =
        assertThrows(StoreException.class, () -> source(Map.of()).store("r.example", credentials));
    assertFalse(e.toString().contains("hidden"), e.toString());
    assertEquals(text, Files.readString(file));
  }
}
