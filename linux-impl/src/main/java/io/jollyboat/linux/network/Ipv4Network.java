package io.jollyboat.linux.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * A range of IPv4 addresses: {@code 172.24.8.0/22}. Immutable.
 *
 * @param first the lowest address, as a number in network order
 * @param prefix how many leading bits all addresses share
 */
record Ipv4Network(int first, int prefix) {

  Ipv4Network {
    if (prefix < 0 || prefix > 32) {
      throw new IllegalArgumentException("not a prefix length: " + prefix);
    }
    first &= mask(prefix);
  }

  /** The network of {@code address}, or of a part of it such as {@code 10.0.0.0/8}. */
  static Ipv4Network parse(String text) {
    int slash = text.indexOf('/');
    String[] parts = text.substring(0, slash < 0 ? text.length() : slash).split("\\.");
    if (parts.length != 4) {
      throw new IllegalArgumentException("not an IPv4 network: " + text);
    }
    int address = 0;
    for (String part : parts) {
      address = (address << 8) | (Integer.parseInt(part) & 0xff);
    }
    return new Ipv4Network(address, slash < 0 ? 32 : Integer.parseInt(text.substring(slash + 1)));
  }

  boolean overlaps(Ipv4Network other) {
    int common = mask(Math.min(prefix, other.prefix));
    return ((first ^ other.first) & common) == 0;
  }

  /** How many addresses there are, at most 2^31 - 1. */
  int size() {
    return (int) Math.min(Integer.MAX_VALUE, 1L << (32 - prefix));
  }

  /** The {@code index}th address as a number in network order. */
  int address(int index) {
    return first + index;
  }

  int mask() {
    return mask(prefix);
  }

  static Inet4Address inet(int address) {
    try {
      return (Inet4Address) InetAddress.getByAddress(Attributes.netOrder(address));
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an IPv4 address", e);
    }
  }

  static int number(Inet4Address address) {
    return ByteBuffer.wrap(address.getAddress()).getInt();
  }

  @Override
  public String toString() {
    return inet(first).getHostAddress() + "/" + prefix;
  }

  private static int mask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }
}
