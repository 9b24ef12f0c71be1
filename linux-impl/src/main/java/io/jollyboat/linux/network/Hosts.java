package io.jollyboat.linux.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * @throws IllegalArgumentException if {@code hostname} is no host name
   */
  public static String text(String hostname, Optional<Inet4Address> address) {
    if (!hostname.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("not a host name: " + hostname);
    }
    int dot = hostname.indexOf('.');
    String alias = dot < 0 ? "" : " " + hostname.substring(0, dot);
    String own = address.map(Inet4Address::getHostAddress).orElse(OWN_LOOPBACK);
    return LOCAL + own + " " + hostname + alias + "\n";
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
