package io.jollyboat;

/** What a container sees of the network. */
public enum NetworkMode {
  /** A loopback device and nothing else. */
  NONE,
  /** The network of this machine. */
  HOST,
  /** A private address behind Jollyboat's bridge, with outbound translation and published ports. */
  BRIDGE
}
