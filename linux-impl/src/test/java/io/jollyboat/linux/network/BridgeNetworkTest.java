package io.jollyboat.linux.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // resources that only have to be there
final class BridgeNetworkTest {

  private final String id = newId();

  @BeforeEach
  void root() throws IOException {
    TestNamespace.requireRoot();
  }

  @Test
  void attach_namespace_hasLinkAddressRouteAndMtuOfTheUplink() throws Exception {
    try (BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web")) {
      String address = attachment.address().getHostAddress();
      String addresses = container.run("ip", "-4", "addr", "show");

      assertTrue(addresses.contains("inet " + address + "/22"), addresses);
      assertTrue(addresses.contains("lo: <LOOPBACK,UP,LOWER_UP>"), addresses);
      assertTrue(addresses.contains("mtu " + uplinkMtu() + " "), addresses);
      String routes = container.run("ip", "route");
      String gateway = network.gateway().getHostAddress();
      assertTrue(routes.contains("default via " + gateway + " dev eth0"), routes);
      assertEquals(List.of(), network.problems());
    }
  }

  @Test
  void attach_container_andHostReachEachOther() throws Exception {
    try (BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web");
        ServerSocketChannel inside = container.listen(new InetSocketAddress(0));
        ServerSocketChannel outside =
            ServerSocketChannel.open().bind(new InetSocketAddress(network.gateway(), 0))) {
      TestNamespace.answerWithPeer(inside);
      TestNamespace.answerWithPeer(outside);
      int port = inside.socket().getLocalPort();
      SocketChannel in = SocketChannel.open(new InetSocketAddress(attachment.address(), port));
      assertEquals(network.gateway().getHostAddress(), TestNamespace.readAll(in));

      SocketChannel out = container.connect((InetSocketAddress) outside.getLocalAddress());
      assertEquals(attachment.address().getHostAddress(), TestNamespace.readAll(out));
    }
  }

  @Test
  void attach_twoContainers_reachEachOther() throws Exception {
    try (BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace a = TestNamespace.start();
        TestNamespace b = TestNamespace.start();
        Attachment first = network.attach(a.pid(), "a");
        Attachment second = network.attach(b.pid(), "b");
        ServerSocketChannel server = b.listen(new InetSocketAddress(0))) {
      TestNamespace.answerWithPeer(server);
      InetSocketAddress there =
          new InetSocketAddress(second.address(), server.socket().getLocalPort());

      String peer = TestNamespace.readAll(a.connect(there));

      assertEquals(first.address().getHostAddress(), peer);
    }
  }

  @Test
  void attach_outbound_leavesWithTheHostsAddress() throws Exception {
    try (Outside outside = Outside.start();
        BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web");
        ServerSocketChannel server = outside.namespace.listen(new InetSocketAddress(0))) {
      TestNamespace.answerWithPeer(server);
      InetSocketAddress there = outside.address(server.socket().getLocalPort());

      String peer = TestNamespace.readAll(container.connect(there));

      assertEquals(outside.hostAddress(), peer);
      assertNotEquals(attachment.address().getHostAddress(), peer);
    }
  }

  @Test
  void attach_fromOutside_nobodyConnects() throws Exception {
    try (Outside outside = Outside.start();
        BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web");
        ServerSocketChannel server = container.listen(new InetSocketAddress(0))) {
      outside.namespace.run("ip", "route", "add", "default", "via", outside.hostAddress());
      InetSocketAddress there =
          new InetSocketAddress(attachment.address(), server.socket().getLocalPort());

      assertThrows(SocketTimeoutException.class, () -> outside.namespace.connect(there).close());
    }
  }

  @Test
  void attach_containersOfTwoEngines_cannotReachEachOther() throws Exception {
    try (BridgeNetwork one = BridgeNetwork.open(id);
        BridgeNetwork two = BridgeNetwork.open(newId());
        TestNamespace a = TestNamespace.start();
        TestNamespace b = TestNamespace.start();
        Attachment first = one.attach(a.pid(), "a");
        Attachment second = two.attach(b.pid(), "b");
        ServerSocketChannel server = b.listen(new InetSocketAddress(0))) {
      TestNamespace.answerWithPeer(server);
      int port = server.socket().getLocalPort();
      assertNotEquals(one.subnet(), two.subnet());
      assertNotEquals(first.address(), second.address());
      InetSocketAddress there = new InetSocketAddress(second.address(), port);
      assertThrows(SocketTimeoutException.class, () -> a.connect(there).close());
      assertEquals(
          two.gateway().getHostAddress(), TestNamespace.readAll(SocketChannel.open(there)));
    }
  }

  @Test
  void attach_endedProcess_namesContainerAndReason() throws Exception {
    TestNamespace container = TestNamespace.start();
    container.close();
    try (BridgeNetwork network = BridgeNetwork.open(id)) {
      KernelException e =
          assertThrows(KernelException.class, () -> attach(network, container, "web"));

      assertTrue(e.toString().contains("for container web: ENOENT"), e.toString());
    }
  }

  @Test
  void attach_twice_isRefusedAndLeavesTheFirst() throws Exception {
    try (BridgeNetwork network = BridgeNetwork.open(id);
        TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web")) {
      KernelException e =
          assertThrows(KernelException.class, () -> attach(network, container, "web"));

      assertTrue(e.is(Errno.EEXIST), e.getMessage());
      assertTrue(container.run("ip", "addr").contains(attachment.address().getHostAddress()));
      assertEquals(1, ports());
    }
  }

  @Test
  void close_twice_leavesNoLinkTableOrForwarding() throws Exception {
    String before = TestNamespace.host("sh", "-c", "cat /proc/sys/net/ipv4/conf/*/forwarding");
    BridgeNetwork network = BridgeNetwork.open(id);
    try (TestNamespace container = TestNamespace.start();
        Attachment attachment = network.attach(container.pid(), "web")) {
      assertTrue(TestNamespace.host("nft", "list", "tables").contains("jollyboat-" + id));
      assertTrue(BridgeNetwork.list().contains(id));
      assertEquals(List.of(), network.problems());
      network.close();
      network.close();
      assertNothingLeft();
      assertThrows(IllegalStateException.class, () -> attach(network, container, "late"));
      assertFalse(container.run("ip", "link").contains(attachment.link()));
    }
    assertEquals(
        before, TestNamespace.host("sh", "-c", "cat /proc/sys/net/ipv4/conf/*/forwarding"));
  }

  @Test
  void sweep_abandonedBridge_removesAll() throws Exception {
    try (TestNamespace container = TestNamespace.start()) {
      BridgeNetwork network = BridgeNetwork.open(id);
      attach(network, container, "web");
      network.leave();
      assertTrue(BridgeNetwork.list().contains(id));

      BridgeNetwork.sweep(id);
      BridgeNetwork.sweep(id);

      assertNothingLeft();
    }
  }

  @Test
  void open_afterLeave_keepsSubnetAndAddressesInUse() throws Exception {
    try (TestNamespace a = TestNamespace.start();
        TestNamespace b = TestNamespace.start()) {
      BridgeNetwork before = BridgeNetwork.open(id);
      Attachment first = before.attach(a.pid(), "a");
      before.leave();
      try (BridgeNetwork after = BridgeNetwork.open(id)) {
        Attachment second = after.attach(b.pid(), "b");

        assertEquals(before.subnet(), after.subnet());
        assertNotEquals(first.address(), second.address());
      }
    }
  }

  @Test
  void open_manyAtOnce_allHaveSubnetsOfTheirOwn() throws Exception {
    List<BridgeNetwork> networks = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<BridgeNetwork>> openings = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        openings.add(() -> BridgeNetwork.open(newId()));
      }
      for (Future<BridgeNetwork> network : threads.invokeAll(openings)) {
        networks.add(network.get());
      }
      assertEquals(8, networks.stream().map(BridgeNetwork::subnet).distinct().count());
    } finally {
      threads.shutdown();
      networks.forEach(BridgeNetwork::close);
    }
  }

  @Test
  void open_idThatIsNoHex_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> BridgeNetwork.open("../../etc"));
  }

  private static void attach(BridgeNetwork network, TestNamespace container, String name) {
    Attachment attachment = network.attach(container.pid(), name);
    assertTrue(attachment.prefix() > 0);
  }

  private void assertNothingLeft() throws Exception {
    assertFalse(BridgeNetwork.list().contains(id));
    assertFalse(TestNamespace.host("ip", "link").contains(id));
    assertFalse(TestNamespace.host("nft", "list", "tables").contains(id));
  }

  private long ports() throws Exception {
    return TestNamespace.host("ip", "-o", "link")
        .lines()
        .filter(l -> l.contains("jb" + id))
        .count();
  }

  private static int uplinkMtu() {
    try (Links links = new Links(NetlinkSocket.route())) {
      Optional<Links.Link> uplink = Forwarding.uplink(links.list(), links.routes());
      return uplink.map(Links.Link::mtu).orElse(1500);
    }
  }

  static String newId() {
    return String.format("%08x", new SecureRandom().nextInt());
  }

  /** Another machine: a namespace that a cable joins to this one. */
  private record Outside(TestNamespace namespace, String prefix, String link)
      implements AutoCloseable {

    static Outside start() throws Exception {
      TestNamespace namespace = TestNamespace.start();
      int third = new SecureRandom().nextInt(256);
      Outside outside =
          new Outside(namespace, "198.19." + third, "jbt" + String.format("%02x", third));
      String pid = Integer.toString(namespace.pid().number());
      TestNamespace.host(
          "ip", "link", "add", outside.link, "type", "veth", "peer", "name", "eth0", "netns", pid);
      TestNamespace.host("ip", "addr", "add", outside.hostAddress() + "/24", "dev", outside.link);
      TestNamespace.host("ip", "link", "set", outside.link, "up");
      TestNamespace.host("sysctl", "-qw", "net.ipv4.conf." + outside.link + ".forwarding=1");
      namespace.run("ip", "addr", "add", outside.prefix + ".2/24", "dev", "eth0");
      namespace.run("ip", "link", "set", "eth0", "up");
      return outside;
    }

    String hostAddress() {
      return prefix + ".1";
    }

    InetSocketAddress address(int port) throws IOException {
      return new InetSocketAddress(InetAddress.getByName(prefix + ".2"), port);
    }

    @Override
    public void close() throws Exception {
      TestNamespace.host("ip", "link", "del", link);
      namespace.close();
    }
  }
}
