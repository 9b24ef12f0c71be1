package io.jollyboat.engine;

import io.jollyboat.Resources;
import io.jollyboat.Size;
import io.jollyboat.linux.network.Attachment;
import java.util.Optional;
import java.util.OptionalLong;

/** What a container may receive and send. */
final class Bandwidth {
  private Bandwidth() {}

  /**
   * @throws IllegalArgumentException where there is no link of the container's own to limit
   */
  static void require(Resources asked, boolean bridge) {
    if (!bridge && (asked.bandwidthIn().isPresent() || asked.bandwidthOut().isPresent())) {
      throw new IllegalArgumentException(
          "a bandwidth is that of a link on this machine's bridge: it needs"
              + " network(NetworkMode.BRIDGE), and an engine that runs as root");
    }
  }

  /** Changes what differs. */
  static void limit(Attachment link, Resources before, Resources asked) {
    if (!before.bandwidthIn().equals(asked.bandwidthIn())) {
      link.limitIn(bytes(asked.bandwidthIn()));
    }
    if (!before.bandwidthOut().equals(asked.bandwidthOut())) {
      link.limitOut(bytes(asked.bandwidthOut()));
    }
  }

  private static OptionalLong bytes(Optional<Size> perSecond) {
    return perSecond.isPresent() ? OptionalLong.of(perSecond.get().bytes()) : OptionalLong.empty();
  }
}
