package io.jollyboat.linux.network;

import java.util.BitSet;

/**
 * Which addresses of a subnet are taken. They are given in turn, so that one is not used again
 * while what its last user left is still being cleared. Safe for use by several threads.
 */
final class AddressPool {

  private static final int GATEWAY = 1;

  private final int size;
  private final BitSet taken = new BitSet();
  private int last = GATEWAY;

  /** All but the first address, the gateway's, which comes next, and the last. */
  AddressPool(Ipv4Network subnet) {
    this.size = subnet.size();
    taken.set(0, GATEWAY + 1);
    taken.set(size - 1);
  }

  /**
   * Takes a free address and returns its index in the subnet.
   *
   * @throws IllegalStateException if there is none
   */
  synchronized int take() {
    int free = taken.nextClearBit(last + 1);
    if (free >= size) {
      free = taken.nextClearBit(0);
    }
    if (free >= size) {
      throw new IllegalStateException(
          "all " + (size - 3) + " addresses of the bridge are in use: close some containers");
    }
    taken.set(free);
    last = free;
    return free;
  }

  /** Marks an address that a container of an earlier engine still has. */
  synchronized void mark(int index) {
    taken.set(index);
  }

  /** Marks all that are given as free, for {@link #mark} to say which are not. */
  synchronized void reset() {
    taken.clear();
    taken.set(0, GATEWAY + 1);
    taken.set(size - 1);
  }

  synchronized void free(int index) {
    taken.clear(index);
  }
}
