package io.jollyboat.store.compression;

import java.io.IOException;

/** Canonical codes of at most 20 bits for the symbols of bzip2. Immutable. */
final class HuffmanTable {
  private static final int LONGEST = 20;

  /** By length: the largest code, and what added to a code gives its place among the symbols. */
  private final int[] limits = new int[LONGEST + 1];

  private final int[] offsets = new int[LONGEST + 1];
  private final int[] symbols;

  /**
   * @param lengths of each symbol's code, from 1 to 20
   */
  HuffmanTable(int[] lengths) {
    symbols = new int[lengths.length];
    int at = 0;
    int code = 0;
    for (int length = 1; length <= LONGEST; length++) {
      int first = at;
      for (int symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] == length) {
          symbols[at++] = symbol;
        }
      }
      offsets[length] = first - code;
      code += at - first;
      limits[length] = code - 1;
      code <<= 1;
    }
  }

  int read(BitInput in) throws IOException {
    int code = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code = (code << 1) | in.bits(1);
      int place = code + offsets[length];
      if (code <= limits[length] && place >= 0 && place < symbols.length) {
        return symbols[place];
      }
    }
    throw new CompressionException("damaged bzip2 data: no symbol has such a code");
  }

  /** The lengths of one table: a start, then steps up and down. */
  static HuffmanTable parse(BitInput in, int symbols) throws IOException {
    int[] lengths = new int[symbols];
    int length = in.bits(5);
    for (int symbol = 0; symbol < symbols; symbol++) {
      while (in.bit()) {
        length += in.bit() ? -1 : 1;
        checkLength(length);
      }
      checkLength(length);
      lengths[symbol] = length;
    }
    return new HuffmanTable(lengths);
  }

  private static void checkLength(int length) throws IOException {
    if (length < 1 || length > LONGEST) {
      throw new CompressionException("damaged bzip2 data: a code of " + length + " bits");
    }
  }
}
