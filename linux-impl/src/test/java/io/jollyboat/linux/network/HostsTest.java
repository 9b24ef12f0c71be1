package io.jollyboat.linux.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HostsTest {

  @Test
  void text_withAddress_namesTheContainer() {
    String text = Hosts.text("web.example.org", "", Optional.of(Ipv4Network.inet(0xac180002)));

    assertTrue(text.startsWith("127.0.0.1 localhost\n::1 localhost"), text);
    assertTrue(text.endsWith("\n172.24.0.2 web.example.org web\n"), text);
  }

  @Test
  void text_withoutAddress_meansLoopback() {
    assertTrue(Hosts.text("web", "", Optional.empty()).endsWith("\n127.0.1.1 web\n"));
  }

  @Test
  void text_nameThatAddsALine_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Hosts.text("a\n192.0.2.1 b", "", Optional.empty()));
  }

  @Test
  void text_domain_isPartOfTheNameAndTheHostAnAlias() {
    assertTrue(
        Hosts.text("web", "example.org", Optional.empty())
            .endsWith("\n127.0.1.1 web.example.org web\n"));
  }

  @Test
  void with_moreNames_addsALineForEach() throws Exception {
    String text =
        Hosts.with("127.0.0.1 localhost", Map.of("db", InetAddress.getAllByName("::1")[0]));

    assertEquals("127.0.0.1 localhost\n0:0:0:0:0:0:0:1 db\n", text);
  }
}
