package io.jollyboat.linux.network;

import java.net.Inet4Address;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A container's place on a bridge. The link inside goes with the container's network namespace;
 * closing gives the address back, which is right once the container has ended. Safe for use by
 * several threads.
 */
public final class Attachment implements AutoCloseable {

  private final Inet4Address address;
  private final Inet4Address gateway;
  private final int prefix;
  private final String link;
  private final PortTraffic traffic;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  Attachment(
      Inet4Address address,
      Inet4Address gateway,
      int prefix,
      String link,
      PortTraffic traffic,
      Runnable release) {
    this.address = address;
    this.gateway = gateway;
    this.prefix = prefix;
    this.link = link;
    this.traffic = traffic;
    this.release = release;
  }

  /** The container's address. */
  public Inet4Address address() {
    return address;
  }

  /** The host's address on the bridge. */
  public Inet4Address gateway() {
    return gateway;
  }

  /** How many leading bits all addresses of the bridge share. */
  public int prefix() {
    return prefix;
  }

  /** The name of the link inside the container: {@code eth0}. */
  public String link() {
    return link;
  }

  /**
   * What the container may receive, bytes a second; empty: as much as there is.
   *
   * @throws io.jollyboat.linux.syscall.KernelException when this kernel cannot, naming the part of
   *     it that is missing
   */
  public void limitIn(OptionalLong rate) {
    traffic.limitIn(rate);
  }

  /** What it may send, the same. */
  public void limitOut(OptionalLong rate) {
    traffic.limitOut(rate);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        traffic.close();
      } finally {
        release.run();
      }
    }
  }
}
