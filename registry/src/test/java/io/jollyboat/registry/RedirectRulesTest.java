package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.RegistryException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 127.0.0.1 is the world here, and 127.0.0.3 a private network. */
class RedirectRulesTest {
  private static final RedirectRules RULES =
      new RedirectRules(Dns.SYSTEM, address -> address.getHostAddress().equals("127.0.0.3"));

  private final RegistryServer server = RegistryServer.start();
  private final HttpRegistry registry = Story.client().redirects(RULES).build();
  private final ImageReference name = ImageReference.parse(server.address() + "/a/b:1");
  private final Story story = Story.small();

  @AfterEach
  void close() {
    registry.close();
    server.close();
  }

  private static void refused(org.junit.jupiter.api.function.Executable call) {
    RegistryException e = assertThrows(RegistryException.class, call);
    assertTrue(e.toString().contains("private network"), e.toString());
    assertEquals(0, e.status());
  }

  @Test
  void redirectOfABlob_intoAPrivateNetwork_isRefused() {
    story.push(registry, name);
    Descriptor layer = story.layer().descriptor();
    server.fail("GET .*/blobs/.*", 1, Fault.redirect("http://127.0.0.3:9/secret"));
    refused(() -> registry.blob(name, layer, 0));
  }

  @Test
  void redirectOfAManifest_intoAPrivateNetwork_isRefused() {
    server.fail(".*/manifests/.*", 9, Fault.redirect("http://127.0.0.3:9/secret"));
    refused(() -> registry.resolve(name));
  }

  @Test
  void addressOfAnUpload_inAPrivateNetwork_isRefused() {
    Map<String, String> location = Map.of("Location", "http://127.0.0.3:9/upload");
    server.fail("POST .*/blobs/uploads/", 9, Fault.respond(202, location));
    refused(() -> story.push(registry, name));
  }

  @Test
  void addressOfTokens_inAPrivateNetwork_isRefused() {
    String challenge = "Bearer realm=\"http://127.0.0.3:9/token\",service=\"s\"";
    server.fail("HEAD .*", 9, Fault.respond(401, Map.of("WWW-Authenticate", challenge)));
    refused(() -> registry.resolve(name));
  }

  @Test
  void redirect_fromEncryptedToPlain_isRefused() {
    HttpUrl from = HttpUrl.get("https://registry.invalid/v2/");
    for (String to : List.of("http://registry.invalid/", "http://127.0.0.1/", "http://[::1]/")) {
      assertThrows(
          RefusedAddressException.class,
          () -> RedirectRules.DEFAULT.check(from, HttpUrl.get(to)),
          to);
    }
  }

  @Test
  void redirect_betweenHostsOfAPrivateNetwork_isFollowed() {
    HttpUrl from = HttpUrl.get("https://10.0.0.1/v2/");
    assertDoesNotThrow(
        () -> RedirectRules.DEFAULT.check(from, HttpUrl.get("https://10.0.0.2/blob")));
    assertDoesNotThrow(
        () -> RedirectRules.DEFAULT.check(from, HttpUrl.get("https://198.51.100.1/blob")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1"
      })
  void inside_areTheAddressesOfPrivateNetworks(String address) throws Exception {
    assertTrue(RedirectRules.isInside(InetAddress.getByName(address)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"198.51.100.1", "100.128.0.1", "172.32.0.1", "2001:db8::1"})
  void outside_areAllOthers(String address) throws Exception {
    assertFalse(RedirectRules.isInside(InetAddress.getByName(address)));
  }

  /** Names of hosts that have these addresses. */
  private static RedirectRules named(Map<String, List<String>> addresses) {
    Dns names =
        name -> {
          List<InetAddress> found = new ArrayList<>();
          for (String address : addresses.getOrDefault(name, List.of())) {
            found.add(InetAddress.getByName(address));
          }
          return found;
        };
    return new RedirectRules(names, RedirectRules::isInside);
  }

  @Test
  void host_withAnOuterAndAnInnerAddress_isOutsideAsASenderAndInsideAsATarget() {
    RedirectRules rules =
        named(
            Map.of(
                "both", List.of("198.51.100.1", "10.0.0.1"),
                "inner", List.of("10.0.0.2"),
                "outer", List.of("198.51.100.2")));
    HttpUrl both = HttpUrl.get("https://both/");
    HttpUrl inner = HttpUrl.get("https://inner/");
    HttpUrl outer = HttpUrl.get("https://outer/");
    assertThrows(RefusedAddressException.class, () -> rules.check(both, inner));
    assertThrows(RefusedAddressException.class, () -> rules.check(outer, both));
    assertDoesNotThrow(() -> rules.check(inner, both));
    assertDoesNotThrow(() -> rules.check(both, outer));
  }

  @Test
  void name_thatBecomesAnInnerAddressAfterTheCheck_isNotConnectedTo() throws Exception {
    List<String> addresses = new ArrayList<>(List.of("198.51.100.1"));
    RedirectRules rules = named(Map.of("moving", addresses, "outer", List.of("198.51.100.2")));
    HttpUrl outer = HttpUrl.get("https://outer/");
    HttpUrl moving = HttpUrl.get("https://moving/");
    rules.check(outer, moving);
    Dns names = rules.watching(outer, moving).orElseThrow();
    assertEquals(1, names.lookup("moving").size());
    addresses.set(0, "10.0.0.1");
    assertThrows(UnknownHostException.class, () -> names.lookup("moving"));
    assertEquals(rules.watching(outer, moving).orElseThrow(), names);
  }
}
