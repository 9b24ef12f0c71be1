package io.jollyboat.linux.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The text of a container's {@code /etc/hosts} (hosts(5)). */
public final class Hosts {

  private static final Path FILE = Path.of("/etc/hosts");

  private static final String LOCAL =
      """
      127.0.0.1 localhost
      ::1 localhost ip6-localhost ip6-loopback
      fe00:: ip6-localnet
      ff02::1 ip6-allnodes
      ff02::2 ip6-allrouters
      """;

  private static final String OWN_LOOPBACK = "127.0.1.1";

  private Hosts() {}

  /**
   * For a container with a network of its own: its name means its own address, or one of loopback
   * where it has none.
   *
   * @param domainname behind the host name, which is then an alias; may be empty
   * @throws IllegalArgumentException if one of them is no name
   */
  public static String text(String hostname, String domainname, Optional<Inet4Address> address) {
    String name = checked(domainname.isEmpty() ? hostname : hostname + "." + domainname);
    int dot = name.indexOf('.');
    String alias = "";
    if (dot >= 0) {
      alias = " " + (domainname.isEmpty() ? name.substring(0, dot) : hostname);
    }
    String own = address.map(Inet4Address::getHostAddress).orElse(OWN_LOOPBACK);
    return LOCAL + own + " " + name + alias + "\n";
  }

  /** With more lines after {@code text}. */
  public static String with(String text, Map<String, InetAddress> more) {
    StringBuilder all = new StringBuilder(text);
    if (!more.isEmpty() && !text.endsWith("\n")) {
      all.append('\n');
    }
    more.forEach(
        (name, address) ->
            all.append(address.getHostAddress()).append(' ').append(checked(name)).append('\n'));
    return all.toString();
  }

  private static String checked(String name) {
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("not a host name: " + name);
    }
    return name;
  }

  /** For a container that shares the host's network: the host's own. */
  public static String ofHost() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      return LOCAL;
    }
  }
}
