package io.jollyboat.store.compression;

import java.io.IOException;
import java.util.Arrays;

/**
 * The last bytes of the output, which matches are copied from, and the output of the chunk at hand.
 * Memory grows with what was written, not with what a file claims to need. Not safe for use by
 * several threads.
 */
final class LzmaWindow {
  private static final int FIRST = 1 << 16;

  private final int size;
  private final byte[] chunk;
  private byte[] ring;
  private int at;
  private boolean wrapped;
  private int filled;
  private int limit;

  /**
   * @param size how far back a match may reach
   */
  LzmaWindow(int size, int largestChunk) {
    this.size = size;
    this.chunk = new byte[largestChunk];
    this.ring = new byte[Math.min(size, FIRST)];
  }

  /** Forgets what was written. */
  void reset() {
    at = 0;
    wrapped = false;
  }

  /** Begins a chunk of that many bytes. */
  void start(int bytes) {
    filled = 0;
    limit = bytes;
  }

  boolean isFull() {
    return filled == limit;
  }

  byte[] chunk() {
    return chunk;
  }

  int filled() {
    return filled;
  }

  void put(byte value) {
    if (at == ring.length) {
      grow();
    }
    ring[at++] = value;
    chunk[filled++] = value;
  }

  private void grow() {
    if (ring.length < size && !wrapped) {
      ring = Arrays.copyOf(ring, (int) Math.min(size, 2L * ring.length));
    } else {
      at = 0;
      wrapped = true;
    }
  }

  /** The byte that far back; 0 before the first. */
  int back(int distance) {
    int index = at - distance;
    if (index < 0) {
      index += wrapped ? ring.length : 0;
    }
    return index < 0 ? 0 : ring[index] & 0xff;
  }

  /**
   * Repeats bytes.
   *
   * @param distance from 0 for the last byte
   */
  void repeat(int distance, int length) throws IOException {
    boolean known = distance >= 0 && distance < (wrapped ? ring.length : at);
    if (!known || length > limit - filled) {
      throw new CompressionException("damaged LZMA data: a match reaches out of its window");
    }
    for (int i = 0; i < length; i++) {
      put((byte) back(distance + 1));
    }
  }
}
