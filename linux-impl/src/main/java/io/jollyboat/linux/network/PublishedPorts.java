package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.InetCalls;
import io.jollyboat.linux.syscall.KernelException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Sockets that listen on the host for a container. Connections that come before there is a relay
 * wait. Closing frees the ports, unless a relay has the sockets too. Safe for use by several
 * threads.
 */
public final class PublishedPorts implements AutoCloseable {

  private static final int BACKLOG = 4096;

  private final List<PublishedPort> ports;
  private final List<Fd> sockets;

  private PublishedPorts(List<PublishedPort> ports, List<Fd> sockets) {
    this.ports = List.copyOf(ports);
    this.sockets = List.copyOf(sockets);
  }

  /**
   * Listens on all of {@code wanted}, or on none.
   *
   * @throws PortInUseException if a port is not free
   * @throws KernelException if the machine has no such address, or the user may not use the port
   */
  public static PublishedPorts listen(List<PublishedPort> wanted) {
    List<PublishedPort> ports = new ArrayList<>();
    List<Fd> sockets = new ArrayList<>();
    try {
      for (PublishedPort port : wanted) {
        Fd socket = listen(port.host());
        sockets.add(socket);
        InetSocketAddress host =
            new InetSocketAddress(port.host().getAddress(), InetCalls.localPort(socket));
        ports.add(new PublishedPort(host, port.containerPort()));
      }
      return new PublishedPorts(ports, sockets);
    } catch (RuntimeException | Error e) {
      sockets.forEach(Fd::close);
      throw e;
    }
  }

  /** As they were asked for and in that order, with the ports that were chosen in place of 0. */
  public List<PublishedPort> ports() {
    return ports;
  }

  @Override
  public void close() {
    sockets.forEach(Fd::close);
  }

  List<Fd> sockets() {
    return sockets;
  }

  private static Fd listen(InetSocketAddress address) {
    try {
      return InetCalls.listen(address, BACKLOG);
    } catch (KernelException e) {
      if (e.is(Errno.EADDRINUSE)) {
        throw new PortInUseException(address, e);
      }
      throw e;
    }
  }
}
