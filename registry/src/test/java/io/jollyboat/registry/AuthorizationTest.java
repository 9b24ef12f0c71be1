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
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AuthorizationTest {
  private static final String PASSWORD = "p:ä ss";
  private static final Credentials RIGHT = Credentials.of("boat", Secret.of(PASSWORD));
  private static final Credentials WRONG = Credentials.of("boat", Secret.of("hunter2"));

  private final Story story = Story.small();

  private static RegistryServer tokens(Duration life) {
    return RegistryServer.builder().tokenAuthentication("boat", PASSWORD, life).start();
  }

  private static HttpRegistry client(Credentials credentials) {
    return Story.client().credentials(host -> Optional.of(credentials)).build();
  }

  private static ImageReference name(RegistryServer server) {
    return ImageReference.parse(server.address() + "/a/b:1");
  }

  private static long count(RegistryServer server, String request) {
    return server.requests().stream().filter(r -> r.toString().matches(request)).count();
  }

  @Test
  void basic_withCredentials_isSentUnaskedAfterTheFirstTime() {
    try (RegistryServer server =
            RegistryServer.builder().basicAuthentication("boat", PASSWORD).start();
        HttpRegistry registry = client(RIGHT)) {
      story.push(registry, name(server));
      assertTrue(registry.resolve(name(server)).isPresent());
      assertEquals(1, count(server, "(?!GET /v2/ ).* 401"));
    }
  }

  @Test
  void basic_withWrongCredentials_saysWhoseAndNotWhich() {
    try (RegistryServer server =
            RegistryServer.builder().basicAuthentication("boat", PASSWORD).start();
        HttpRegistry registry = client(WRONG)) {
      RegistryException e =
          assertThrows(RegistryException.class, () -> registry.resolve(name(server)));
      assertEquals(401, e.status());
      assertTrue(e.toString().contains("refused the credentials of user boat"), e.toString());
      assertTrue(e.toString().contains("docker login " + server.address()), e.toString());
      assertFalse(e.toString().contains("hunter2"), e.toString());
    }
  }

  @Test
  void noCredentials_whereTheyAreWanted_saysHowToGiveThem() {
    try (RegistryServer server = tokens(Duration.ofMinutes(5));
        HttpRegistry registry = Story.client().build()) {
      RegistryException e =
          assertThrows(RegistryException.class, () -> registry.resolve(name(server)));
      assertEquals(401, e.status());
      assertTrue(e.toString().contains("wants credentials"), e.toString());
    }
  }

  @Test
  void token_fetchedOnce_isUsedForAllOfAPush() {
    try (RegistryServer server = tokens(Duration.ofMinutes(5));
        HttpRegistry registry = client(RIGHT)) {
      story.push(registry, name(server));
      assertTrue(registry.resolve(name(server)).isPresent());
      assertEquals(1, count(server, ".* /token.*"));
      assertEquals(1, count(server, "(?!GET /v2/ ).* 401"));
    }
  }

  @Test
  void token_forAMount_allowsBothRepositories() {
    try (RegistryServer server = tokens(Duration.ofMinutes(5));
        HttpRegistry registry = client(RIGHT)) {
      story.push(registry, name(server));
      ImageReference other = ImageReference.parse(server.address() + "/other:1");
      assertTrue(registry.mount(name(server), other, story.layer().descriptor()));
    }
  }

  @Test
  void token_expired_isFetchedAgain() throws InterruptedException {
    try (RegistryServer server = tokens(Duration.ofMillis(50));
        HttpRegistry registry = client(RIGHT)) {
      assertEquals(Optional.empty(), registry.resolve(name(server)));
      Thread.sleep(100);
      assertEquals(Optional.empty(), registry.resolve(name(server)));
      assertEquals(2, count(server, ".* /token.*"));
    }
  }

  @Test
  void identityToken_isPosted() {
    try (RegistryServer server = tokens(Duration.ofMinutes(5));
        HttpRegistry registry = client(Credentials.token(Secret.of(PASSWORD)))) {
      assertEquals(Optional.empty(), registry.resolve(name(server)));
      assertEquals(1, count(server, "POST /token 200"));
    }
  }

  @Test
  void password_whereTokensAreOnlyPosted_isPosted() {
    try (RegistryServer server = tokens(Duration.ofMinutes(5));
        HttpRegistry registry = client(RIGHT)) {
      server.fail("GET /token.*", 1, Fault.respond(405, Map.of()));
      assertEquals(Optional.empty(), registry.resolve(name(server)));
      assertEquals(1, count(server, "POST /token 200"));
    }
  }

  @Test
  void token_refusedForWrongPassword_saysWhose() {
    try (RegistryServer server = tokens(Duration.ofMinutes(5));
        HttpRegistry registry = client(WRONG)) {
      RegistryException e =
          assertThrows(RegistryException.class, () -> registry.resolve(name(server)));
      assertEquals(401, e.status());
      assertTrue(e.toString().contains("user boat"), e.toString());
      assertFalse(e.toString().contains("hunter2"), e.toString());
    }
  }

  @Test
  void credentials_refused_areLookedForAgain() {
    AtomicReference<Credentials> current = new AtomicReference<>(WRONG);
    try (RegistryServer server =
            RegistryServer.builder().basicAuthentication("boat", PASSWORD).start();
        HttpRegistry registry =
            Story.client().credentials(host -> Optional.ofNullable(current.get())).build()) {
      assertThrows(RegistryException.class, () -> registry.resolve(name(server)));
      current.set(RIGHT);
      assertEquals(Optional.empty(), registry.resolve(name(server)));
    }
  }

  @Test
  void token_fromAnAddressThatIsNeitherLocalNorEncrypted_isNotAskedFor() {
    try (RegistryServer server = RegistryServer.start();
        HttpRegistry registry = client(RIGHT)) {
      String challenge = "Bearer realm=\"http://tokens.invalid/t\",service=\"s\"";
      server.fail("HEAD .*", 1, Fault.respond(401, Map.of("WWW-Authenticate", challenge)));
      RegistryException e =
          assertThrows(RegistryException.class, () -> registry.resolve(name(server)));
      assertTrue(e.toString().contains("nothing was sent there"), e.toString());
    }
  }

  @Test
  void withCredentials_replacesThem() {
    try (RegistryServer server = tokens(Duration.ofMinutes(5));
        HttpRegistry registry = client(WRONG)) {
      HttpRegistry other = registry.withCredentials(host -> Optional.of(RIGHT));
      assertEquals(Optional.empty(), other.resolve(name(server)));
    }
  }

  @Test
  void redirect_toAnotherHost_doesNotTakeTheCredentialsAlong() throws Exception {
    try (RegistryServer store = RegistryServer.start();
        RegistryServer server =
            RegistryServer.builder().basicAuthentication("boat", PASSWORD).start();
        HttpRegistry registry = client(RIGHT)) {
      story.push(registry, name(server));
      story.push(registry, name(store));
      store.forgetRequests();
      Descriptor layer = story.layer().descriptor();
      String location = "http://" + store.address() + "/v2/a/b/blobs/" + layer.digest();
      server.fail("GET .*/blobs/.*", 1, Fault.respond(307, Map.of("Location", location)));
      try (InputStream in = registry.blob(name(server), layer, 0)) {
        assertEquals(layer.size(), in.readAllBytes().length);
      }
      assertFalse(store.requests().get(0).headers().containsKey("authorization"));
    }
  }
}
