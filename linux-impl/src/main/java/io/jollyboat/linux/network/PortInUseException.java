package io.jollyboat.linux.network;

import java.net.InetSocketAddress;

/** Another process, or another container, listens on a port that was to be published. */
public final class PortInUseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final InetSocketAddress address;

  PortInUseException(InetSocketAddress address, Throwable cause) {
    super(
        "port "
            + address.getPort()
            + " of "
            + address.getAddress().getHostAddress()
            + " is in use: publish on another port, or on 0 for any free one",
        cause);
    this.address = address;
  }

  /** The address that was asked for. */
  public InetSocketAddress address() {
    return address;
  }
}
