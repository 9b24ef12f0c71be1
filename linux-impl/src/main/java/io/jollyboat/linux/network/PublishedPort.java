package io.jollyboat.linux.network;

import java.net.InetSocketAddress;

/**
 * A TCP port of a container that is reached by an address of the host. Immutable.
 *
 * @param host where to listen; port 0 is any free one
 * @param containerPort 1 to 65535
 */
public record PublishedPort(InetSocketAddress host, int containerPort) {

  public PublishedPort {
    if (host.isUnresolved()) {
      throw new IllegalArgumentException("not an address of this machine: " + host);
    }
    if (containerPort < 1 || containerPort > 65535) {
      throw new IllegalArgumentException("not a TCP port: " + containerPort);
    }
  }
}
