package io.jollyboat.store.compression;

import java.io.IOException;
import java.io.InputStream;

/** Bits of a stream, the highest of each byte first. Not safe for use by several threads. */
final class BitInput {
  private final InputStream source;
  private long bits;
  private int count;

  BitInput(InputStream source) {
    this.source = source;
  }

  /**
   * @param number at most 32
   */
  int bits(int number) throws IOException {
    while (count < number) {
      int next = source.read();
      if (next < 0) {
        throw new CompressionException("the bzip2 data ends too early");
      }
      bits = (bits << 8) | next;
      count += 8;
    }
    count -= number;
    return (int) ((bits >>> count) & ((1L << number) - 1));
  }

  boolean bit() throws IOException {
    return bits(1) == 1;
  }

  /** Drops what is left of a byte; the next whole one, -1 at the end. */
  int nextByte() throws IOException {
    count -= count % 8;
    return count > 0 ? bits(8) : source.read();
  }

  void close() throws IOException {
    source.close();
  }
}
