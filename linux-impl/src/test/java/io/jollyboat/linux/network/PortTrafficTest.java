package io.jollyboat.linux.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the kernel's own tools tell of the limits that were set without them. */
@SuppressWarnings("try") // resources that only have to be there
final class PortTrafficTest {
  private final String id = newId();

  private static String newId() {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static String tc(String... words) throws Exception {
    String[] all = new String[words.length + 1];
    all[0] = "tc";
    System.arraycopy(words, 0, all, 1, words.length);
    return TestNamespace.host(all);
  }

  @Test
  void limitIn_setChangedAndTakenAway_isOnTheHostsEnd() throws Exception {
    TestNamespace.requireRoot();
    try (BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web")) {
      String port = port(attachment);
      attachment.limitIn(OptionalLong.of(1 << 20));
      assertTrue(tc("qdisc", "show", "dev", port).contains("tbf 1: root"));
      assertTrue(tc("qdisc", "show", "dev", port).contains("rate 8388Kbit"));
      attachment.limitIn(OptionalLong.of(10 << 20));
      assertTrue(tc("qdisc", "show", "dev", port).contains("rate 83886Kbit"));
      attachment.limitIn(OptionalLong.empty());
      attachment.limitIn(OptionalLong.empty());
      assertFalse(tc("qdisc", "show", "dev", port).contains("tbf"));
    }
  }

  @Test
  void limitIn_fasterThan32Bits_isKept() throws Exception {
    TestNamespace.requireRoot();
    try (BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web")) {
      attachment.limitIn(OptionalLong.of(10_000_000_000L));
      assertTrue(tc("qdisc", "show", "dev", port(attachment)).contains("rate 80Gbit"));
    }
  }

  @Test
  void limitOut_setChangedAndTakenAway_goesThroughALinkOfItsOwn() throws Exception {
    TestNamespace.requireRoot();
    String shaper = "js" + id + "-2";
    try (BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web")) {
      attachment.limitOut(OptionalLong.of(1 << 20));
      assertTrue(tc("qdisc", "show", "dev", shaper).contains("rate 8388Kbit"));
      String filter = tc("filter", "show", "dev", port(attachment), "ingress");
      assertTrue(filter.contains("mirred (Egress Redirect to device " + shaper), filter);
      attachment.limitOut(OptionalLong.of(10 << 20));
      assertTrue(tc("qdisc", "show", "dev", shaper).contains("rate 83886Kbit"));
      attachment.limitOut(OptionalLong.empty());
      assertEquals("", tc("filter", "show", "dev", port(attachment), "ingress").strip());
      assertFalse(TestNamespace.host("ip", "link").contains(shaper));
    }
  }

  @Test
  void limitOut_closed_leavesNoLink() throws Exception {
    TestNamespace.requireRoot();
    try (BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start()) {
      Attachment attachment = network.attach(container.pid(), "web");
      attachment.limitOut(OptionalLong.of(1 << 20));
      attachment.close();
      assertFalse(TestNamespace.host("ip", "link").contains("js" + id));
    }
  }

  @Test
  void limitOut_engineDead_isSwept() throws Exception {
    TestNamespace.requireRoot();
    try (TestNamespace container = TestNamespace.start()) {
      BridgeNetwork network = BridgeNetwork.open(id);
      Attachment attachment = network.attach(container.pid(), "web");
      attachment.limitOut(OptionalLong.of(1 << 20));
      network.leave();
      BridgeNetwork.sweep(id);
      assertFalse(TestNamespace.host("ip", "link").contains(id));
    }
  }

  /** The first container has the second address of the bridge. */
  private String port(Attachment attachment) {
    assertTrue(
        attachment.address().getHostAddress().endsWith(".2"), attachment.address()::toString);
    return "jb" + id + "-2";
  }
}
