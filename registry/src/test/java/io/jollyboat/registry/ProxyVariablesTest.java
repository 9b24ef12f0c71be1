package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyVariablesTest {
  private static Proxy select(Map<String, String> variables, String uri) {
    return new ProxyVariables(variables).select(URI.create(uri)).get(0);
  }

  @Test
  void select_byScheme_takesTheVariableOfThatScheme() {
    Map<String, String> both =
        Map.of("HTTP_PROXY", "http://plain.example:3128", "https_proxy", "secure.example:8080");
    assertEquals("plain.example", host(select(both, "http://r.example/")));
    assertEquals("secure.example", host(select(both, "https://r.example/")));
    assertEquals(Proxy.NO_PROXY, select(Map.of(), "https://r.example/"));
    Proxy socks = select(Map.of("ALL_PROXY", "socks5://s.example"), "https://r.example/");
    assertEquals(Proxy.Type.SOCKS, socks.type());
    assertEquals(Proxy.NO_PROXY, select(both, "http://127.0.0.1:5000/"));
    assertEquals(Proxy.NO_PROXY, select(both, "http://localhost:5000/"));
  }

  @Test
  void select_unusableVariable_saysHowItMustLook() {
    assertThrows(
        IllegalArgumentException.class,
        () -> select(Map.of("HTTP_PROXY", "http://:80"), "http://r.example/"));
  }

  private static String host(Proxy proxy) {
    return ((InetSocketAddress) proxy.address()).getHostString();
  }

  @ParameterizedTest
  @CsvSource({
    "*, r.example, 443, true",
    "r.example, r.example, 443, true",
    "r.example, sub.r.example, 443, true",
    ".r.example, r.example, 443, false",
    ".r.example, sub.r.example, 443, true",
    "*.r.example, sub.r.example, 443, true",
    "r.example, other-r.example, 443, false",
    "r.example:444, r.example, 443, false",
    "r.example:443, r.example, 443, true",
    "10.0.0.0/8, 10.1.2.3, 443, true",
    "10.0.0.0/8, 11.1.2.3, 443, false",
    "10.1.2.3, 10.1.2.3, 443, true",
    "fd00::/8, fd12::1, 443, true",
    "10.0.0.0/x, 10.1.2.3, 443, false",
  })
  void noProxyEntry_matches(String entry, String host, int port, boolean expected) {
    assertEquals(expected, NoProxyEntry.matches(entry, host, port));
  }
}
