package io.jollyboat.store.compression;

import java.io.IOException;

/**
 * The arithmetic decoder of LZMA over one chunk in memory: each bit has a probability of 11 bits
 * that adapts to what came. Not safe for use by several threads.
 */
final class RangeDecoder {
  private static final int MODEL_BITS = 11;
  private static final int MOVE_BITS = 5;
  private static final int TOP = 1 << 24;
  private static final int PRELUDE = 5;

  private final byte[] input;
  private int at;
  private int end;
  private int range;
  private int code;

  RangeDecoder(int largestChunk) {
    this.input = new byte[largestChunk];
  }

  /** The buffer that receives a chunk before {@link #start}. */
  byte[] buffer() {
    return input;
  }

  /** Begins a chunk of that many bytes. */
  void start(int length) throws IOException {
    if (length < PRELUDE || input[0] != 0) {
      throw new CompressionException("damaged LZMA data: a chunk begins wrongly");
    }
    range = -1;
    code = 0;
    for (int i = 1; i < PRELUDE; i++) {
      code = (code << 8) | (input[i] & 0xff);
    }
    at = PRELUDE;
    end = length;
  }

  /** Makes sure that all of the chunk was used. */
  void finish() throws IOException {
    normalize();
    if (at != end || code != 0) {
      throw new CompressionException("damaged LZMA data: a chunk is longer than it says");
    }
  }

  static short[] probabilities(int count) {
    short[] all = new short[count];
    reset(all);
    return all;
  }

  static void reset(short[] probabilities) {
    java.util.Arrays.fill(probabilities, (short) (1 << (MODEL_BITS - 1)));
  }

  int bit(short[] probabilities, int index) throws IOException {
    normalize();
    int probability = probabilities[index];
    int bound = (range >>> MODEL_BITS) * probability;
    if (Integer.compareUnsigned(code, bound) < 0) {
      range = bound;
      probabilities[index] =
          (short) (probability + (((1 << MODEL_BITS) - probability) >>> MOVE_BITS));
      return 0;
    }
    range -= bound;
    code -= bound;
    probabilities[index] = (short) (probability - (probability >>> MOVE_BITS));
    return 1;
  }

  /** A number of some bits, the highest first; the probabilities begin at {@code offset}. */
  int tree(short[] probabilities, int offset, int bits) throws IOException {
    int symbol = 1;
    for (int i = 0; i < bits; i++) {
      symbol = (symbol << 1) | bit(probabilities, offset + symbol);
    }
    return symbol - (1 << bits);
  }

  /** A number of some bits, the lowest first. */
  int reverseTree(short[] probabilities, int offset, int bits) throws IOException {
    int symbol = 1;
    int result = 0;
    for (int i = 0; i < bits; i++) {
      int bit = bit(probabilities, offset + symbol);
      symbol = (symbol << 1) | bit;
      result |= bit << i;
    }
    return result;
  }

  /** Bits without probabilities, the highest first. */
  int direct(int count) throws IOException {
    int result = 0;
    for (int i = 0; i < count; i++) {
      normalize();
      range >>>= 1;
      int below = (code - range) >>> 31; // 1 when code < range
      code -= range & (below - 1);
      result = (result << 1) | (1 - below);
    }
    return result;
  }

  private void normalize() throws IOException {
    if (Integer.compareUnsigned(range, TOP) < 0) {
      if (at >= end) {
        throw new CompressionException("damaged LZMA data: a chunk ends too early");
      }
      range <<= 8;
      code = (code << 8) | (input[at++] & 0xff);
    }
  }
}
