package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The traffic of one container's cable, limited at the host's end, out of the container's reach:
 * what it receives leaves that end; what it sends comes in there, and goes through a link of its
 * own first. Safe for use by several threads.
 */
final class PortTraffic {
  private final Links links;
  private final String port;
  private final String shaper;
  private boolean shaped;

  PortTraffic(Links links, String key, int index) {
    this.links = links;
    this.port = BridgeNames.port(key, index);
    this.shaper = BridgeNames.shaper(key, index);
  }

  /** What the container receives, bytes a second; empty: without limit. */
  synchronized void limitIn(OptionalLong rate) {
    if (rate.isPresent()) {
      links.traffic().limit(port(), rate.getAsLong());
    } else {
      links.traffic().unlimit(port());
    }
  }

  /** What the container sends, bytes a second; empty: without limit. */
  synchronized void limitOut(OptionalLong rate) {
    Optional<Links.Link> existing = links.find(shaper);
    if (rate.isEmpty()) {
      existing.ifPresent(this::release);
    } else if (existing.isPresent()) {
      links.traffic().limit(existing.get(), rate.getAsLong());
    } else {
      shape(rate.getAsLong());
    }
  }

  private void shape(long rate) {
    shaped = true;
    links.createShaper(shaper);
    Links.Link through = find(shaper);
    try {
      links.traffic().limit(through, rate);
      links.traffic().redirect(port(), through);
    } catch (KernelException e) {
      links.delete(through);
      throw e;
    }
  }

  /** In this order: what would go through a link that is gone would be lost. */
  private void release(Links.Link through) {
    links.traffic().direct(port());
    links.delete(through);
  }

  /** After the container's end, which took its cable with it. */
  synchronized void close() {
    if (shaped) {
      links.find(shaper).ifPresent(links::delete);
    }
  }

  private Links.Link port() {
    return find(port);
  }

  private Links.Link find(String name) {
    return links.find(name).orElseThrow(() -> new KernelException("find link", name, Errno.ENODEV));
  }
}
