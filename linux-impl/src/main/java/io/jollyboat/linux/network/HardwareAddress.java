package io.jollyboat.linux.network;

import java.nio.ByteBuffer;

/**
 * An Ethernet address that no maker of network cards has ("locally administered"). It follows from
 * an IPv4 address, so that whoever gets that next is found under the same one. Immutable.
 *
 * @param kind tells apart what belongs to the same IPv4 address
 */
record HardwareAddress(int kind, int ip) {

  private static final byte LOCAL = 0x02;

  byte[] toBytes() {
    return ByteBuffer.allocate(6).put(LOCAL).put((byte) kind).putInt(ip).array();
  }
}
