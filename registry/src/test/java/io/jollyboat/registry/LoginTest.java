package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Credentials;
import io.jollyboat.RegistryException;
import io.jollyboat.Secret;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logging in and out, and where credentials are never seen. */
class LoginTest {
  private static final String CANARY = "canary-in-the-coal-mine";
  private static final Credentials RIGHT = Credentials.of("boat", Secret.of(CANARY));
  private static final Credentials WRONG = Credentials.of("boat", Secret.of(CANARY + "-not"));

  private final Story story = Story.small();
  private final Path file;

  LoginTest(@TempDir Path directory) {
    this.file = directory.resolve("config.json");
  }

  private HttpRegistry client() {
    return Story.client().credentials(new DockerConfigCredentials(file)).build();
  }

  private static RegistryServer basic() {
    return RegistryServer.builder().basicAuthentication("boat", CANARY).start();
  }

  private static RegistryServer tokens() {
    return RegistryServer.builder()
        .tokenAuthentication("boat", CANARY, Duration.ofMinutes(5))
        .start();
  }

  private static ImageReference name(RegistryServer server) {
    return ImageReference.parse(server.address() + "/a/b:1");
  }

  private void inAndOut(RegistryServer server) {
    try (server;
        HttpRegistry registry = client()) {
      assertThrows(RegistryException.class, () -> registry.resolve(name(server)));
      RegistryException refused =
          assertThrows(RegistryException.class, () -> registry.login(server.address(), WRONG));
      assertEquals(401, refused.status());
      assertFalse(Files.exists(file));
      registry.login(server.address(), RIGHT);
      story.push(registry, name(server));
      try (HttpRegistry other = client()) {
        assertTrue(other.resolve(name(server)).isPresent());
      }
      assertTrue(registry.logout(server.address()));
      assertFalse(registry.logout(server.address()));
      assertThrows(RegistryException.class, () -> registry.resolve(name(server)));
    }
  }

  @Test
  void login_withAPassword_isKeptUntilLogout() {
    inAndOut(basic());
  }

  @Test
  void login_whereTokensAreGiven_isKeptUntilLogout() {
    inAndOut(tokens());
  }

  @Test
  void login_withAnIdentityToken_fetchesTokensByIt() {
    try (RegistryServer server = tokens();
        HttpRegistry registry = client()) {
      registry.login(server.address(), Credentials.token(Secret.of(CANARY)));
      story.push(registry, name(server));
      assertTrue(
          server.requests().stream()
              .anyMatch(r -> r.method().equals("POST") && r.path().equals("/token")));
    }
  }

  @Test
  void login_whereNothingCanBeKept_saysSo() {
    try (RegistryServer server = basic();
        HttpRegistry registry = Story.client().credentials(host -> Optional.empty()).build()) {
      assertThrows(
          UnsupportedOperationException.class, () -> registry.login(server.address(), RIGHT));
    }
  }

  private static List<String> everyWayToWriteIt() {
    String pair = "boat:" + CANARY;
    return List.of(
        CANARY, Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertUnseen(String text) {
    for (String secret : everyWayToWriteIt()) {
      assertFalse(text.contains(secret), text);
    }
  }

  private interface Attempt {
    void go();
  }

  /** Everything that a call says in its exception and in the log. */
  private static String said(Attempt attempt) {
    StringWriter all = new StringWriter();
    Handler listener =
        new Handler() {
          @Override
          public synchronized void publish(LogRecord entry) {
            all.write(entry.getMessage() + List.of(Optional.ofNullable(entry.getParameters())));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger root = Logger.getLogger("");
    root.addHandler(listener);
    try {
      attempt.go();
    } catch (RuntimeException e) {
      e.printStackTrace(new PrintWriter(all, true));
    } finally {
      root.removeHandler(listener);
    }
    return all.toString();
  }

  @Test
  void secrets_areInNoExceptionLogOrText() {
    for (RegistryServer each : List.of(basic(), tokens())) {
      try (RegistryServer server = each;
          HttpRegistry registry = Story.client().credentials(host -> Optional.of(RIGHT)).build()) {
        story.push(registry, name(server));
        List<Fault> faults =
            List.of(
                Fault.respond(401, Map.of("WWW-Authenticate", "Basic realm=\"x\"")),
                Fault.respond(403, Map.of()),
                Fault.respond(500, Map.of()),
                Fault.redirect("http://127.0.0.1:1/?secret"),
                Fault.reset());
        for (Fault fault : faults) {
          server.fail(".*", 20, fault);
          String said = said(() -> registry.resolve(name(server)));
          assertUnseen(said);
          assertTrue(said.contains("RegistryException"), said);
          assertUnseen(said(() -> story.push(registry, name(server))));
          server.forgetFaults();
        }
        assertUnseen(RIGHT + " " + RIGHT.secret());
      }
    }
  }

  @Test
  void credentials_neverGoToAnotherHost() {
    try (RegistryServer thief = RegistryServer.start();
        RegistryServer server = basic();
        HttpRegistry registry = Story.client().credentials(host -> Optional.of(RIGHT)).build()) {
      story.push(registry, name(server));
      String away = "http://" + thief.address() + "/v2/a/b/";
      Descriptor layer = story.layer().descriptor();
      List<Attempt> attempts =
          List.of(
              () -> registry.resolve(name(server)),
              () -> registry.manifest(name(server), story.manifest().descriptor()),
              () -> registry.blob(name(server), layer, 0),
              () -> registry.mount(name(server), name(server), layer),
              () -> registry.tags(name(server)),
              () -> registry.referrers(name(server).withDigest(layer.digest())),
              () -> registry.delete(name(server)),
              () ->
                  registry.pushBlob(
                      name(server), layer, new ByteArrayInputStream(story.layer().content())),
              () -> registry.login(server.address(), RIGHT));
      for (Attempt attempt : attempts) {
        server.fail(".*", 20, Fault.redirect(away + "anything"));
        String unused = said(attempt);
        server.forgetFaults();
      }
      Map<String, String> upload = Map.of("Location", away + "blobs/uploads/1");
      server.fail("POST .*", 9, Fault.respond(202, upload));
      String unused = said(() -> story.push(registry, name(server)));
      assertNothingStolen(thief);
    }
  }

  @Test
  void formsWithASecret_areNotRedirected() {
    try (RegistryServer thief = RegistryServer.start();
        RegistryServer server = tokens();
        HttpRegistry registry =
            Story.client()
                .credentials(host -> Optional.of(Credentials.token(Secret.of(CANARY))))
                .build()) {
      server.fail("POST /token", 20, Fault.redirect("http://" + thief.address() + "/token"));
      String said = said(() -> registry.resolve(name(server)));
      assertTrue(said.contains("RegistryException"), said);
      assertEquals(List.of(), thief.requests());
    }
  }

  private static void assertNothingStolen(RegistryServer thief) {
    List<String> stolen = new ArrayList<>();
    for (RegistryServer.Request request : thief.requests()) {
      if (request.headers().containsKey("authorization")) {
        stolen.add(request.toString());
      }
      assertUnseen(request.path() + request.headers());
    }
    assertEquals(List.of(), stolen);
    assertFalse(thief.requests().isEmpty(), "it was asked");
  }
}
