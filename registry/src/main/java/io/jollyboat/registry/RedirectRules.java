package io.jollyboat.registry;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import okhttp3.Dns;
import okhttp3.HttpUrl;

/**
 * Where a registry may send us on to: never from HTTPS to plain HTTP, and never from a host that
 * everybody reaches to one that only this machine or its network does, which could be made to
 * answer things that are not the registry's to know. Safe for use by several threads.
 */
final class RedirectRules {
  static final RedirectRules DEFAULT = new RedirectRules(Dns.SYSTEM, RedirectRules::isInside);

  private static final int SHARED_FIRST = 100;
  private static final int SHARED_SECOND = 64;

  private final Dns names;
  private final Predicate<InetAddress> inside;

  /**
   * @param inside whether an address is one of this machine or of a private network
   */
  RedirectRules(Dns names, Predicate<InetAddress> inside) {
    this.names = names;
    this.inside = inside;
  }

  /** Loopback, private, link-local, shared and unique local addresses, and those of no host. */
  static boolean isInside(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean shared =
        bytes.length == 4
            && (bytes[0] & 0xff) == SHARED_FIRST
            && (bytes[1] & 0xc0) == SHARED_SECOND;
    boolean uniqueLocal = address instanceof Inet6Address && (bytes[0] & 0xfe) == 0xfc;
    return address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || shared
        || uniqueLocal;
  }

  /**
   * Refuses what is said above.
   *
   * @param from who sends us
   */
  void check(HttpUrl from, HttpUrl to) throws IOException {
    if (Transport.sameOrigin(from, to)) {
      return;
    }
    boolean fromHere = Loopback.isLoopback(from.host());
    if (from.isHttps() && !to.isHttps() && !(fromHere && Loopback.isLoopback(to.host()))) {
      throw new RefusedAddressException(
          "it sends us from HTTPS to plain HTTP at " + to.host() + "; nothing was asked there");
    }
    if (isWatched(from, to) && addresses(to).stream().anyMatch(inside)) {
      throw new RefusedAddressException(
          "it sends us to "
              + to.host()
              + ", an address of a private network; nothing was asked there");
    }
  }

  /** Only who has nothing but inner addresses may send us to another one. */
  private boolean isWatched(HttpUrl from, HttpUrl to) throws IOException {
    if (from.host().equals(to.host())) {
      return false;
    }
    List<InetAddress> senders = addresses(from);
    return senders.isEmpty() || !senders.stream().allMatch(inside);
  }

  /** None for a name that is not known here, as where a proxy looks it up. */
  private List<InetAddress> addresses(HttpUrl url) {
    try {
      return names.lookup(url.host());
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  /**
   * What a request looks names up by: a name must not have become another address since it was
   * checked.
   */
  Optional<Dns> watching(HttpUrl from, HttpUrl to) throws IOException {
    return isWatched(from, to) ? Optional.of(new Watched(this, to.host())) : Optional.empty();
  }

  /** Equal ones share connections. */
  private record Watched(RedirectRules rules, String host) implements Dns {
    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
      List<InetAddress> found = rules.names.lookup(name);
      if (name.equals(host) && found.stream().anyMatch(rules.inside)) {
        throw new UnknownHostException(name + " is now an address of a private network");
      }
      return found;
    }
  }
}
