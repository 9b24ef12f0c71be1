package io.jollyboat.linux.network;

import java.net.Inet4Address;
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
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  Attachment(
      Inet4Address address, Inet4Address gateway, int prefix, String link, Runnable release) {
    this.address = address;
    this.gateway = gateway;
    this.prefix = prefix;
    this.link = link;
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

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
