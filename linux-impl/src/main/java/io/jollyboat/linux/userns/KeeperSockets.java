package io.jollyboat.linux.userns;

import static io.jollyboat.linux.userns.KeeperRequest.number;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.OpenFlags;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that belong to a container's network, which this process may not enter: the keeper does
 * for a moment. Safe for use by several threads.
 */
final class KeeperSockets implements AutoCloseable {
  private static final int NEW_NETWORK = 0x4000_0000;
  private static final int STREAM = 1;
  private static final String OWN = "/proc/self/ns/net";

  private final Keeper keeper;
  private @Nullable Fd home;

  KeeperSockets(Keeper keeper) {
    this.keeper = keeper;
  }

  /**
   * A stream socket in a network namespace.
   *
   * @param family AF_INET or AF_INET6
   */
  synchronized Fd stream(Fd network, int family) {
    KeeperRequest request = new KeeperRequest();
    Fd back = home();
    request.call(KernelCall.SETNS, "network", request.descriptor(network), number(NEW_NETWORK));
    request.open(
        KernelCall.SOCKET, "tcp", number(family), number(STREAM | OpenFlags.O_CLOEXEC), number(0));
    request.call(KernelCall.SETNS, "back", request.descriptor(back), number(NEW_NETWORK));
    return keeper.run(request).opened();
  }

  /** One that the keeper may enter again: that in which it was born belongs to others. */
  private Fd home() {
    if (home == null) {
      KeeperRequest request = new KeeperRequest();
      request.call(KernelCall.UNSHARE, "network", number(NEW_NETWORK));
      request.open(
          KernelCall.OPENAT, OWN, number(-100), request.text(OWN), number(OpenFlags.O_CLOEXEC));
      home = keeper.run(request).opened();
    }
    return home;
  }

  @Override
  public synchronized void close() {
    if (home != null) {
      home.close();
      home = null;
    }
  }
}
