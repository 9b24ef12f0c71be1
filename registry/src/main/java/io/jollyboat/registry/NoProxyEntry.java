package io.jollyboat.registry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** One entry of {@code NO_PROXY}: a domain, an address, a network, any with a port, or a star. */
final class NoProxyEntry {
  private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  private static final Pattern ADDRESS =
      Pattern.compile("\\[?(" + BYTE + "(?:\\." + BYTE + "){3}|[0-9a-f:.]*:[0-9a-f:.]*)]?");

  private NoProxyEntry() {}

  /** Whether it covers that host; all in lower case. A domain covers those below it too. */
  static boolean matches(String entry, String host, int port) {
    if (entry.isEmpty()) {
      return false;
    }
    if (entry.equals("*")) {
      return true;
    }
    int slash = entry.indexOf('/');
    if (slash > 0) {
      return inNetwork(entry.substring(0, slash), entry.substring(slash + 1), host);
    }
    int colon = entry.lastIndexOf(':');
    boolean hasPort = (colon > 0 && colon == entry.indexOf(':')) || entry.lastIndexOf("]:") > 0;
    if (hasPort && !entry.substring(colon + 1).equals(Integer.toString(port))) {
      return false;
    }
    String name = hasPort ? entry.substring(0, colon) : entry;
    Optional<InetAddress> address = address(name);
    if (address.isPresent()) {
      return address.equals(address(host));
    }
    String domain = name.startsWith("*.") ? name.substring(1) : name;
    return domain.startsWith(".")
        ? host.endsWith(domain)
        : host.equals(domain) || host.endsWith("." + domain);
  }

  private static boolean inNetwork(String network, String bits, String host) {
    Optional<InetAddress> base = address(network);
    Optional<InetAddress> address = address(host);
    if (base.isEmpty() || address.isEmpty() || !bits.matches("\\d{1,3}")) {
      return false;
    }
    byte[] a = base.get().getAddress();
    byte[] b = address.get().getAddress();
    int length = Integer.parseInt(bits);
    if (a.length != b.length || length > a.length * 8) {
      return false;
    }
    for (int bit = 0; bit < length; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((a[bit / 8] & mask) != (b[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  /** The address that a text is; empty for names, which are not looked up. */
  private static Optional<InetAddress> address(String text) {
    var matcher = ADDRESS.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getAllByName(matcher.group(1))[0]);
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
