package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Optional;

/** What a container sees of the network. A value. */
@CheckReturnValue
public final class NetworkMode {
  /** A loopback device and nothing else. */
  public static final NetworkMode NONE = new NetworkMode("none");

  /** The network of this machine. */
  public static final NetworkMode HOST = new NetworkMode("host");

  /** A private address behind Jollyboat's bridge, with outbound translation and published ports. */
  public static final NetworkMode BRIDGE = new NetworkMode("bridge");

  private static final String CONTAINER = "container:";

  private final String text;

  private NetworkMode(String text) {
    this.text = text;
  }

  /** The network of another container, which must run; ports are published by that one. */
  public static NetworkMode container(String nameOrId) {
    return new NetworkMode(CONTAINER + NamespaceMode.requireName(nameOrId));
  }

  /**
   * Reads {@code none}, {@code host}, {@code bridge} or {@code container:NAME}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static NetworkMode parse(String text) {
    for (NetworkMode mode : new NetworkMode[] {NONE, HOST, BRIDGE}) {
      if (mode.text.equals(text)) {
        return mode;
      }
    }
    if (text.startsWith(CONTAINER)) {
      return container(text.substring(CONTAINER.length()));
    }
    throw new IllegalArgumentException(
        "a network is none, host, bridge or container:NAME, not \"" + text + "\"");
  }

  /** Name or id of the container whose network it is. */
  public Optional<String> container() {
    return text.startsWith(CONTAINER)
        ? Optional.of(text.substring(CONTAINER.length()))
        : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NetworkMode that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return text;
  }
}
