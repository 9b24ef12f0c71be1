package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Credentials;
import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.RegistryException;
import io.jollyboat.RegistrySettings;
import io.jollyboat.Secret;
import io.jollyboat.registry.DockerConfigCredentials;
import io.jollyboat.registry.server.RegistryServer;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestCertificate;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Distribution's registry behind passwords, tokens and certificates; mirrors and aliases. */
@IntegrationTest
class RegistryAccessIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Of {@link TokenServer#PASSWORD}, by bcrypt. */
  private static final String HTPASSWD =
      "boat:$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\n";

  private static final Credentials BOAT =
      Credentials.of(TokenServer.USER, Secret.of(TokenServer.PASSWORD));

  private final TestStore store = TestStore.empty();
  private Path directory = Path.of("none");
  private Path authFile = Path.of("none");

  @BeforeEach
  void directory(@TempDir Path temporary) {
    directory = temporary;
    authFile = temporary.resolve("auth.json");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Engine engine(UnaryOperator<RegistrySettings> settings) {
    return store
        .builder()
        .credentials(new DockerConfigCredentials(authFile))
        .registries(none -> settings.apply(none.certificateDirectories(List.of())))
        .open();
  }

  private static ImageId build(Engine engine, String name) {
    FileSet files = FileSet.empty().bytes(new byte[] {1, 2, 3}, "/file");
    return engine.build(Image.scratch().files(files), build -> build.tag(name)).id();
  }

  private static void pushAndPull(Engine engine, String name) {
    ImageId id = build(engine, name);
    engine.push(name);
    engine.images().remove(name);
    assertEquals(id, engine.pull(name).id());
  }

  private String inspect(RegistryProcess registry, String name) {
    return Command.run(
        LIMIT,
        "skopeo",
        "inspect",
        "--raw",
        "--tls-verify=false",
        "--authfile",
        authFile.toString(),
        "docker://" + registry.reference(name));
  }

  @Test
  void passwords_ofAFile_areAskedForKeptAndSharedWithSkopeo() throws IOException {
    Path users = Files.writeString(directory.resolve("htpasswd"), HTPASSWD);
    String section =
        """
        auth:
          htpasswd:
            realm: test
            path: %s
        """
            .formatted(users);
    try (RegistryProcess registry = RegistryProcess.start("", section);
        Engine engine = engine(none -> none)) {
      String name = registry.reference("with/password:1");
      build(engine, name);
      RegistryException refused = assertThrows(RegistryException.class, () -> engine.push(name));
      assertEquals(401, refused.status());
      Credentials wrong = Credentials.of("boat", Secret.of("wrong"));
      assertThrows(
          RegistryException.class, () -> engine.registries().login(registry.host(), wrong));
      engine.registries().login(registry.host(), BOAT);
      pushAndPull(engine, name);
      assertTrue(inspect(registry, "with/password:1").contains("layers"));
      engine.registries().logout(registry.host());
      assertThrows(RegistryException.class, () -> engine.pull(name));
      Command.run(
          LIMIT,
          "skopeo",
          "login",
          "--tls-verify=false",
          "--authfile",
          authFile.toString(),
          "-u",
          TokenServer.USER,
          "-p",
          TokenServer.PASSWORD,
          registry.host());
      pushAndPull(engine, name);
    }
  }

  @Test
  void tokens_ofAServer_areFetchedForWhatIsDone() {
    TestCertificate signer = TestCertificate.make(directory, "signer", "RSA");
    try (TokenServer tokens = new TokenServer(signer);
        RegistryProcess registry = RegistryProcess.start("", tokens.configuration());
        Engine engine = engine(none -> none)) {
      String name = registry.reference("with/token:1");
      build(engine, name);
      assertThrows(RegistryException.class, () -> engine.push(name));
      assertEquals(List.of(), tokens.asked());
      engine.registries().login(registry.host(), BOAT);
      pushAndPull(engine, name);
      assertTrue(
          tokens.asked().stream().anyMatch(s -> s.contains("repository:with/token:pull,push")),
          () -> tokens.asked().toString());
      engine.registries().copy(name, registry.reference("with/mount:1"));
      assertTrue(
          tokens.asked().stream()
              .anyMatch(
                  scopes -> scopes.contains("with/token:pull") && scopes.contains("with/mount")),
          () -> tokens.asked().toString());
      engine
          .registries()
          .login(registry.host(), Credentials.token(Secret.of(TokenServer.IDENTITY)));
      assertTrue(engine.registries().resolve(name).isPresent());
      assertTrue(tokens.asked().stream().anyMatch(scopes -> scopes.startsWith("POST")));
    }
  }

  private String tls(TestCertificate server) {
    return "  tls:\n    certificate: %s\n    key: %s\n"
        .formatted(server.certificate(), server.key());
  }

  @Test
  void certificates_areTrustedByNameByDirectoryOrNotLookedAt() throws IOException {
    TestCertificate server = TestCertificate.make(directory, "server", "EC");
    try (RegistryProcess registry = RegistryProcess.start(tls(server), "")) {
      String name = registry.reference("with/tls:1");
      try (Engine engine = engine(none -> none)) {
        build(engine, name);
        RegistryException refused = assertThrows(RegistryException.class, () -> engine.push(name));
        Failure.says(refused, "no trusted certificate", "trust");
      }
      try (Engine engine = engine(all -> all.trust(registry.host(), server.certificate()))) {
        pushAndPull(engine, name);
      }
      try (Engine engine = engine(all -> all.insecure(registry.host()))) {
        pushAndPull(engine, name);
      }
      Path certs = Files.createDirectories(directory.resolve("certs.d").resolve(registry.host()));
      Files.copy(server.certificate(), certs.resolve("ca.crt"));
      try (Engine engine =
          engine(all -> all.certificateDirectories(List.of(directory.resolve("certs.d"))))) {
        pushAndPull(engine, name);
      }
    }
  }

  @Test
  void certificatesOfClients_areShownToTheirRegistryOnly() throws IOException {
    TestCertificate server = TestCertificate.make(directory, "server", "EC");
    TestCertificate client = TestCertificate.make(directory, "client", "RSA");
    String http = tls(server) + "    clientcas:\n      - " + client.certificate() + "\n";
    try (RegistryProcess registry = RegistryProcess.start(http, "")) {
      String name = registry.reference("with/client:1");
      try (Engine engine = engine(all -> all.trust(registry.host(), server.certificate()))) {
        build(engine, name);
        assertThrows(RegistryException.class, () -> engine.push(name));
      }
      try (Engine engine =
          engine(
              all ->
                  all.trust(registry.host(), server.certificate())
                      .clientCertificate("other:1", client.certificate(), client.key()))) {
        assertThrows(RegistryException.class, () -> engine.push(name));
      }
      try (Engine engine =
          engine(
              all ->
                  all.trust(registry.host(), server.certificate())
                      .clientCertificate(registry.host(), client.certificate(), client.key()))) {
        pushAndPull(engine, name);
      }
      Path certs = Files.createDirectories(directory.resolve("certs.d").resolve(registry.host()));
      Files.copy(server.certificate(), certs.resolve("ca.crt"));
      Files.copy(client.certificate(), certs.resolve("client.cert"));
      Files.copy(client.key(), certs.resolve("client.key"));
      try (Engine engine =
          engine(all -> all.certificateDirectories(List.of(directory.resolve("certs.d"))))) {
        pushAndPull(engine, name);
      }
    }
  }

  @Test
  void mirror_isAskedFirstAndLeftWhereItFails(RegistryProcess registry) {
    try (RegistryServer mirror = RegistryServer.start()) {
      String plain = "http://" + mirror.address() + "/hub";
      try (Engine engine =
          engine(all -> all.mirror("docker.io", plain).mirror(registry.host(), plain))) {
        String there = mirror.address() + "/hub/library/some:1";
        engine.registries().copy(registry.reference(TestImages.BUSYBOX), there);
        mirror.forgetRequests();
        assertEquals(engine.pull(there).id(), engine.pull("some:1").id());
        assertTrue(engine.images().find("some:1").isPresent());
        assertFalse(mirror.requests().isEmpty());
        // The mirror has no such image: its registry does.
        assertEquals(
            engine.pull("some:1").id(), engine.pull(registry.reference(TestImages.BUSYBOX)).id());
        mirror.close();
        assertTrue(engine.registries().resolve(registry.reference(TestImages.BUSYBOX)).isPresent());
      }
    }
  }

  @Test
  void alias_isAnotherPlaceOfAShortName(RegistryProcess registry) {
    try (Engine engine = engine(all -> all.alias("my-base", registry.reference("busybox")))) {
      ImageId id = engine.pull("my-base:latest").id();
      assertEquals(id, engine.pull(registry.reference(TestImages.BUSYBOX)).id());
      assertTrue(engine.images().find("my-base").isPresent());
      assertEquals(engine.registries().tags("my-base"), List.of("latest"));
    }
  }
}
