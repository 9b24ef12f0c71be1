package io.jollyboat.linux.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The host's resolver configuration (resolv.conf(5)) and what a container gets in its place.
 * Immutable.
 */
public final class ResolvConf {

  /**
   * Where a container finds the forwarder when the host's resolvers cannot be asked from inside.
   */
  static final String FORWARDER = "127.0.0.11";

  private static final Path FILE = Path.of("/etc/resolv.conf");

  private static final Path UPSTREAM = Path.of("/run/systemd/resolve/resolv.conf");

  private final List<InetAddress> nameservers;
  private final List<String> others;

  private ResolvConf(List<InetAddress> nameservers, List<String> others) {
    this.nameservers = List.copyOf(nameservers);
    this.others = List.copyOf(others);
  }

  /**
   * That of this machine; without a file the resolver is on this machine, as the C library has it.
   */
  public static ResolvConf ofHost() {
    try {
      return parse(Files.readString(FILE));
    } catch (IOException e) {
      return parse("");
    }
  }

  /**
   * What the resolver on this machine asks in turn, where it is systemd's and says so; otherwise as
   * {@link #ofHost}. For containers that outlive this process, and with it any forwarder.
   */
  public static ResolvConf upstreamOfHost() {
    ResolvConf host = ofHost();
    if (host.needsForwarder() && Files.isReadable(UPSTREAM)) {
      try {
        return parse(Files.readString(UPSTREAM));
      } catch (IOException e) {
        return host;
      }
    }
    return host;
  }

  /** Unreadable lines are left out, as the C library does. */
  static ResolvConf parse(String text) {
    List<InetAddress> nameservers = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String line : text.lines().map(String::strip).toList()) {
      String[] words = line.split("\\s+");
      if (words[0].equals("nameserver") && words.length > 1) {
        literal(words[1]).ifPresent(nameservers::add);
      } else if (words[0].equals("search") || words[0].equals("domain")) {
        others.add(line);
      } else if (words[0].equals("options") || words[0].equals("sortlist")) {
        others.add(line);
      }
    }
    if (nameservers.isEmpty()) {
      nameservers.add(InetAddress.getLoopbackAddress());
    }
    return new ResolvConf(nameservers, others);
  }

  /** The resolvers, in the order in which they are asked. */
  public List<InetAddress> nameservers() {
    return nameservers;
  }

  /**
   * Whether a container with a network of its own cannot ask the resolvers itself: one is on this
   * machine's loopback, or all have IPv6 addresses, which the bridge does not carry.
   */
  public boolean needsForwarder() {
    return nameservers.stream().anyMatch(ResolvConf::onlyHere) || inside().isEmpty();
  }

  /** The text for a container that shares the host's network. */
  public String text() {
    return render(nameservers.stream().map(InetAddress::getHostAddress).toList());
  }

  /**
   * The text for a container with a network of its own: the host's resolvers, or the forwarder on
   * {@code 127.0.0.11} if it {@link #needsForwarder}.
   */
  public String textInside() {
    return textInside(FORWARDER);
  }

  /** The same with a forwarder at another address. */
  public String textInside(String forwarder) {
    return render(needsForwarder() ? List.of(forwarder) : inside());
  }

  private List<String> inside() {
    return nameservers.stream()
        .filter(Inet4Address.class::isInstance)
        .map(InetAddress::getHostAddress)
        .toList();
  }

  private String render(List<String> servers) {
    StringBuilder text = new StringBuilder();
    servers.forEach(server -> text.append("nameserver ").append(server).append('\n'));
    others.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private static boolean onlyHere(InetAddress address) {
    return address.isLoopbackAddress() || address.isAnyLocalAddress();
  }

  /** Never asks a resolver: only digits, dots, colons and a zone make an address. */
  private static Optional<InetAddress> literal(String text) {
    if (!text.matches("[0-9.]+|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%[\\w.-]+)?")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
