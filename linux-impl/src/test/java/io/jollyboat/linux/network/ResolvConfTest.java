package io.jollyboat.linux.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ResolvConfTest {

  @Test
  void textInside_ordinaryResolvers_keepsThemWithSearchAndOptions() {
    ResolvConf conf =
        ResolvConf.parse(
            """
            # written by hand
            nameserver 192.0.2.53
              nameserver   198.51.100.53
            search example.org lan
            options ndots:2 timeout:1
            nonsense 1
            """);

    assertFalse(conf.needsForwarder());
    String expected =
        """
        nameserver 192.0.2.53
        nameserver 198.51.100.53
        search example.org lan
        options ndots:2 timeout:1
        """;
    assertEquals(expected, conf.textInside());
    assertEquals(expected, conf.text());
  }

  @Test
  void textInside_loopbackResolver_namesTheForwarder() {
    ResolvConf conf = ResolvConf.parse("nameserver 127.0.0.53\noptions edns0 trust-ad\n");

    assertTrue(conf.needsForwarder());
    assertEquals("nameserver 127.0.0.11\noptions edns0 trust-ad\n", conf.textInside());
    assertEquals("nameserver 127.0.0.53\noptions edns0 trust-ad\n", conf.text());
  }

  @Test
  void textInside_bothFamilies_leavesOutWhatTheBridgeDoesNotCarry() {
    ResolvConf conf = ResolvConf.parse("nameserver 2001:db8::53\nnameserver 192.0.2.53\n");

    assertFalse(conf.needsForwarder());
    assertEquals("nameserver 192.0.2.53\n", conf.textInside());
  }

  @Test
  void textInside_onlyIpv6_namesTheForwarder() {
    assertTrue(ResolvConf.parse("nameserver 2001:db8::53\n").needsForwarder());
  }

  @Test
  void parse_nothing_meansTheResolverOnThisMachine() {
    ResolvConf conf = ResolvConf.parse("");

    assertTrue(conf.needsForwarder());
    assertEquals("nameserver 127.0.0.11\n", conf.textInside());
  }

  @Test
  void parse_nameInsteadOfAddress_isLeftOut() {
    ResolvConf conf = ResolvConf.parse("nameserver dns.example.org\nnameserver 192.0.2.53\n");

    assertEquals("nameserver 192.0.2.53\n", conf.text());
  }
}
