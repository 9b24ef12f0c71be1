package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Links, IPv4 addresses and routes of one network namespace, by rtnetlink(7); numbers are those of
 * {@code linux/rtnetlink.h} and {@code linux/if_link.h}. Safe for use by several threads.
 */
final class Links implements AutoCloseable {

  /** The loopback link is the first of every namespace. */
  static final int LOOPBACK = 1;

  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_GETROUTE = 26;

  private static final int AF_INET = 2;
  private static final int IFF_UP = 1;

  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_IFALIAS = 20;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int VETH_INFO_PEER = 1;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_MULTIPATH = 9;

  private static final int TABLE_MAIN = 254;
  private static final int PROTOCOL_BOOT = 3;
  private static final int TYPE_UNICAST = 1;
  private static final int LINK_HEADER = 16;
  private static final int ADDRESS_HEADER = 8;
  private static final int ROUTE_HEADER = 12;

  private final NetlinkSocket socket;

  Links(NetlinkSocket socket) {
    this.socket = socket;
  }

  /**
   * A link.
   *
   * @param master the index of the bridge it is a port of, or 0
   * @param alias a remark that the kernel keeps with the link, or empty
   */
  record Link(int index, String name, int mtu, int master, String alias) {}

  /** An address with its network, and the link that has it. */
  record Address(int link, int address, Ipv4Network network) {}

  /** A route; {@code gateway} and {@code link} are 0 where it has none. */
  record Route(Ipv4Network destination, int gateway, int link, int priority) {}

  /** One end of a pair of links that are joined by a cable. */
  record Port(String name, HardwareAddress hardwareAddress) {}

  List<Link> list() {
    return socket.dump(message(RTM_GETLINK, 0, "list", "links", linkHeader(0, 0))).stream()
        .map(Links::link)
        .toList();
  }

  Optional<Link> find(String name) {
    Attributes body = new Attributes().header(linkHeader(0, 0)).text(IFLA_IFNAME, name);
    try {
      return Optional.of(link(socket.get(new NetlinkMessage(RTM_GETLINK, 0, "find", name, body))));
    } catch (KernelException e) {
      if (e.is(Errno.ENODEV)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  List<Address> addresses() {
    byte[] header = new byte[ADDRESS_HEADER];
    header[0] = AF_INET;
    List<Address> addresses = new ArrayList<>();
    for (byte[] body : socket.dump(message(RTM_GETADDR, 0, "list", "addresses", header))) {
      AttributeReader attributes = AttributeReader.of(body, ADDRESS_HEADER);
      int link = ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).getInt(4);
      int peer = attributes.netNumber(IFA_ADDRESS).orElse(0);
      int local = attributes.netNumber(IFA_LOCAL).orElse(peer);
      addresses.add(new Address(link, local, new Ipv4Network(peer, body[1])));
    }
    return addresses;
  }

  /** The IPv4 routes of all tables. */
  List<Route> routes() {
    byte[] header = new byte[ROUTE_HEADER];
    header[0] = AF_INET;
    List<Route> routes = new ArrayList<>();
    for (byte[] body : socket.dump(message(RTM_GETROUTE, 0, "list", "routes", header))) {
      AttributeReader attributes = AttributeReader.of(body, ROUTE_HEADER);
      int destination = attributes.netNumber(RTA_DST).orElse(0);
      Ipv4Network network = new Ipv4Network(destination, body[1]);
      int priority = attributes.number(RTA_PRIORITY).orElse(0);
      int gateway = attributes.netNumber(RTA_GATEWAY).orElse(0);
      int link = attributes.number(RTA_OIF).orElse(0);
      routes.add(new Route(network, gateway, link, priority));
      attributes.bytes(RTA_MULTIPATH).ifPresent(hops -> nextHops(hops, network, priority, routes));
    }
    return routes;
  }

  /** Makes a bridge that is still down. */
  void createBridge(String name, HardwareAddress hardwareAddress, int mtu) {
    Attributes body =
        new Attributes()
            .header(linkHeader(0, 0))
            .text(IFLA_IFNAME, name)
            .bytes(IFLA_ADDRESS, hardwareAddress.toBytes())
            .number(IFLA_MTU, mtu)
            .nest(IFLA_LINKINFO, new Attributes().bytes(IFLA_INFO_KIND, "bridge".getBytes(UTF_8)));
    socket.request(create(RTM_NEWLINK, "create bridge", name, body));
  }

  /**
   * Makes a cable with one end, {@code outer}, in this namespace as a port of {@code bridge}, and
   * the other in the namespace {@code inside}. Only the outer end is up: the inner one is made
   * first and cannot be up before there is another end.
   */
  void createCable(Port outer, int bridge, Port inner, Fd inside, int mtu) {
    Attributes peer = port(inner, 0, mtu).number(IFLA_NET_NS_FD, inside.number());
    Attributes kind =
        new Attributes()
            .bytes(IFLA_INFO_KIND, "veth".getBytes(UTF_8))
            .nest(IFLA_INFO_DATA, new Attributes().nest(VETH_INFO_PEER, peer));
    Attributes body =
        port(outer, IFF_UP, mtu).number(IFLA_MASTER, bridge).nest(IFLA_LINKINFO, kind);
    socket.request(create(RTM_NEWLINK, "create link", outer.name(), body));
  }

  /** Makes a link that gives back what is sent to it, once it has let it through; it is up. */
  void createShaper(String name) {
    Attributes body =
        new Attributes()
            .header(linkHeader(0, IFF_UP))
            .text(IFLA_IFNAME, name)
            .nest(IFLA_LINKINFO, new Attributes().bytes(IFLA_INFO_KIND, "ifb".getBytes(UTF_8)));
    socket.request(create(RTM_NEWLINK, "create, by the kernel's ifb, link", name, body));
  }

  /** What limits the traffic of these links. */
  TrafficControl traffic() {
    return new TrafficControl(socket);
  }

  void setUp(Link link) {
    socket.request(up(link.name(), link.index()));
  }

  void setAlias(Link link, String alias) {
    Attributes body =
        new Attributes()
            .header(linkHeader(link.index(), 0))
            .bytes(IFLA_IFALIAS, alias.getBytes(UTF_8));
    socket.request(new NetlinkMessage(RTM_NEWLINK, 0, "set the alias of", link.name(), body));
  }

  void addAddress(Link link, int address, Ipv4Network network) {
    socket.request(
        create(
            RTM_NEWADDR,
            "add address to",
            link.name(),
            addressBody(link.index(), address, network)));
  }

  void removeAddress(Link link, int address, Ipv4Network network) {
    Attributes body = addressBody(link.index(), address, network);
    socket.request(new NetlinkMessage(RTM_DELADDR, 0, "remove address of", link.name(), body));
  }

  /** Sets loopback and {@code link} up, gives it its address and a default route by the gateway. */
  void configure(Link link, int address, Ipv4Network network, int gateway) {
    byte[] route = {
      AF_INET, 0, 0, 0, (byte) TABLE_MAIN, PROTOCOL_BOOT, 0, TYPE_UNICAST, 0, 0, 0, 0
    };
    Attributes toGateway =
        new Attributes().header(route).bytes(RTA_GATEWAY, Attributes.netOrder(gateway));
    socket.request(
        up("lo", LOOPBACK),
        up(link.name(), link.index()),
        create(
            RTM_NEWADDR,
            "add address to",
            link.name(),
            addressBody(link.index(), address, network)),
        create(RTM_NEWROUTE, "add default route by", link.name(), toGateway));
  }

  /** Removes the link, and with it the other end of its cable; one that is gone is no error. */
  void delete(Link link) {
    try {
      socket.request(
          message(RTM_DELLINK, 0, "delete link", link.name(), linkHeader(link.index(), 0)));
    } catch (KernelException e) {
      if (!e.is(Errno.ENODEV)) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }

  private static NetlinkMessage up(String name, int index) {
    return message(RTM_NEWLINK, 0, "set up", name, linkHeader(index, IFF_UP));
  }

  private static Attributes port(Port port, int flags, int mtu) {
    return new Attributes()
        .header(linkHeader(0, flags))
        .text(IFLA_IFNAME, port.name())
        .bytes(IFLA_ADDRESS, port.hardwareAddress().toBytes())
        .number(IFLA_MTU, mtu);
  }

  private static Attributes addressBody(int link, int address, Ipv4Network network) {
    ByteBuffer header = ByteBuffer.allocate(ADDRESS_HEADER).order(ByteOrder.nativeOrder());
    header.put((byte) AF_INET).put((byte) network.prefix()).putShort((short) 0).putInt(link);
    byte[] bytes = Attributes.netOrder(address);
    return new Attributes()
        .header(header.array())
        .bytes(IFA_LOCAL, bytes)
        .bytes(IFA_ADDRESS, bytes);
  }

  /** {@code struct ifinfomsg}: {@code flags} are the ones to set. */
  private static byte[] linkHeader(int index, int flags) {
    return ByteBuffer.allocate(LINK_HEADER)
        .order(ByteOrder.nativeOrder())
        .putInt(4, index)
        .putInt(8, flags)
        .putInt(12, flags)
        .array();
  }

  private static Link link(byte[] body) {
    AttributeReader attributes = AttributeReader.of(body, LINK_HEADER);
    return new Link(
        ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).getInt(4),
        attributes.text(IFLA_IFNAME).orElse(""),
        attributes.number(IFLA_MTU).orElse(0),
        attributes.number(IFLA_MASTER).orElse(0),
        attributes.text(IFLA_IFALIAS).orElse(""));
  }

  /** {@code struct rtnexthop} and its attributes, several times. */
  private static void nextHops(
      byte[] hops, Ipv4Network destination, int priority, List<Route> routes) {
    ByteBuffer buffer = ByteBuffer.wrap(hops).order(ByteOrder.nativeOrder());
    int at = 0;
    while (at + 8 <= hops.length) {
      int length = Math.max(8, Short.toUnsignedInt(buffer.getShort(at)));
      byte[] hop = new byte[Math.min(length, hops.length - at)];
      buffer.get(at, hop);
      int gateway = AttributeReader.of(hop, 8).netNumber(RTA_GATEWAY).orElse(0);
      routes.add(new Route(destination, gateway, buffer.getInt(at + 4), priority));
      at += (length + 3) & ~3;
    }
  }

  private static NetlinkMessage create(int type, String call, String what, Attributes body) {
    int flags = NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
    return new NetlinkMessage(type, flags, call, what, body);
  }

  private static NetlinkMessage message(
      int type, int flags, String call, String what, byte[] header) {
    return new NetlinkMessage(type, flags, call, what, new Attributes().header(header));
  }
}
