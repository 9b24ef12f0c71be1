package io.jollyboat.linux.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether the kernel routes packets that come in by a link: its sysctl, and who turned it on. The
 * uplinks that an engine turned on are written into its bridge's alias, so that the last engine to
 * go can turn them off, were the first one killed.
 */
final class Forwarding {

  private static final String MARK = "jollyboat turned on forwarding of";
  private static final Path SETTINGS = Path.of("/proc/sys/net");

  private Forwarding() {}

  static boolean isOn(String link) {
    try {
      return Files.readString(setting("ipv4", link, "forwarding")).strip().equals("1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void set(String link, boolean on) throws IOException {
    Files.writeString(setting("ipv4", link, "forwarding"), on ? "1" : "0");
  }

  /**
   * Makes the host deaf to IPv6 on the bridge, where a container could else announce itself as the
   * host's router, and to IPv4 senders that are not behind it.
   */
  static void harden(String bridge) throws IOException {
    Path six = setting("ipv6", bridge, "disable_ipv6");
    if (Files.exists(six)) {
      Files.writeString(six, "1");
    }
    Files.writeString(setting("ipv4", bridge, "rp_filter"), "1");
  }

  /** The alias of a bridge whose engine turned on {@code uplinks}. */
  static String mark(Collection<String> uplinks) {
    return uplinks.isEmpty() ? "" : MARK + " " + String.join(" ", uplinks);
  }

  /** The uplinks that the engine of a bridge with this alias turned on. */
  static List<String> marked(String alias) {
    return alias.startsWith(MARK + " ")
        ? List.of(alias.substring(MARK.length() + 1).split(" "))
        : List.of();
  }

  /** The uplinks that the engines of any of these bridges turned on. */
  static Set<String> marked(Collection<Links.Link> bridges) {
    Set<String> uplinks = new TreeSet<>();
    bridges.forEach(bridge -> uplinks.addAll(marked(bridge.alias())));
    return uplinks;
  }

  /** The link by which this machine reaches the rest of the world, if it has one. */
  static Optional<Links.Link> uplink(List<Links.Link> links, List<Links.Route> routes) {
    return routes.stream()
        .filter(route -> route.destination().prefix() == 0 && route.link() != 0)
        .min((a, b) -> Integer.compareUnsigned(a.priority(), b.priority()))
        .flatMap(route -> links.stream().filter(link -> link.index() == route.link()).findFirst());
  }

  /** The names of all links behind which other networks lie. */
  static Set<String> uplinks(List<Links.Link> links, List<Links.Route> routes) {
    Set<String> names = new TreeSet<>();
    for (Links.Route route : routes) {
      boolean leadsOn = route.gateway() != 0 || route.destination().prefix() == 0;
      links.stream()
          .filter(link -> leadsOn && link.index() == route.link())
          .filter(link -> link.index() != Links.LOOPBACK)
          .forEach(link -> names.add(link.name()));
    }
    return names;
  }

  private static Path setting(String family, String link, String name) {
    return SETTINGS.resolve(family).resolve("conf").resolve(link).resolve(name);
  }
}
