package io.jollyboat.store.compression;

import java.io.IOException;

/** One block of bzip2, read whole, then given byte by byte. Not safe for use by several threads. */
final class Bzip2Block {
  private static final int GROUP = 50;
  private static final int END_OF_RUN_LENGTH_4 = 4;

  private final BitInput in;
  private final int capacity;
  private final int[] links;
  private final int[] counts = new int[256];
  private int length;
  private int at;
  private int left;
  private int last = -1;
  private int same;
  private int repeats;
  private int crc;
  private int expectedCrc;

  /**
   * @param capacity bytes before the first run-length coding
   */
  Bzip2Block(BitInput in, int capacity) {
    this.in = in;
    this.capacity = capacity;
    this.links = new int[capacity];
  }

  int capacity() {
    return capacity;
  }

  /** Reads a block after its mark; the checksum that it claims. */
  int read() throws IOException {
    expectedCrc = in.bits(32);
    if (in.bit()) {
      throw new CompressionException(
          "bzip2 data of an old form (randomised) that is not read here");
    }
    int origin = in.bits(24);
    byte[] front = usedBytes();
    int tables = in.bits(3);
    int selectorCount = in.bits(15);
    if (tables < 2 || tables > 6 || selectorCount == 0) {
      throw new CompressionException("damaged bzip2 data: " + tables + " tables");
    }
    byte[] selectors = selectors(tables, selectorCount);
    HuffmanTable[] all = new HuffmanTable[tables];
    for (int i = 0; i < tables; i++) {
      all[i] = HuffmanTable.parse(in, front.length + 2);
    }
    fill(front, selectors, all);
    if (origin >= length) {
      throw new CompressionException("damaged bzip2 data: it begins outside its block");
    }
    link(origin);
    return expectedCrc;
  }

  private byte[] usedBytes() throws IOException {
    int ranges = in.bits(16);
    byte[] used = new byte[256];
    int count = 0;
    for (int range = 0; range < 16; range++) {
      if ((ranges & (0x8000 >>> range)) != 0) {
        int members = in.bits(16);
        for (int member = 0; member < 16; member++) {
          if ((members & (0x8000 >>> member)) != 0) {
            used[count++] = (byte) (range * 16 + member);
          }
        }
      }
    }
    if (count == 0) {
      throw new CompressionException("damaged bzip2 data: a block without bytes");
    }
    return java.util.Arrays.copyOf(used, count);
  }

  private byte[] selectors(int tables, int count) throws IOException {
    byte[] selectors = new byte[count];
    byte[] front = {0, 1, 2, 3, 4, 5};
    for (int i = 0; i < count; i++) {
      int place = 0;
      while (in.bit()) {
        if (++place >= tables) {
          throw new CompressionException("damaged bzip2 data: no such table");
        }
      }
      selectors[i] = toFront(front, place);
    }
    return selectors;
  }

  private static byte toFront(byte[] front, int place) {
    byte value = front[place];
    System.arraycopy(front, 0, front, 1, place);
    front[0] = value;
    return value;
  }

  /** The bytes in the order of the block sort. */
  private void fill(byte[] front, byte[] selectors, HuffmanTable[] tables) throws IOException {
    int endOfBlock = front.length + 1;
    java.util.Arrays.fill(counts, 0);
    length = 0;
    int run = 0;
    int weight = 1;
    int symbols = 0;
    while (true) {
      if (symbols / GROUP >= selectors.length) {
        throw new CompressionException("damaged bzip2 data: too few tables are named");
      }
      int symbol = tables[selectors[symbols / GROUP]].read(in);
      symbols++;
      if (symbol <= 1) {
        run += weight << symbol; // digits 1 and 2, the lowest first
        weight <<= 1;
        if (run > capacity || weight > capacity << 1) {
          throw new CompressionException("damaged bzip2 data: a run is longer than its block");
        }
        continue;
      }
      append(front[0], run);
      run = 0;
      weight = 1;
      if (symbol == endOfBlock) {
        return;
      }
      append(toFront(front, symbol - 1), 1);
    }
  }

  private void append(byte value, int times) throws IOException {
    if (times > capacity - length) {
      throw new CompressionException("damaged bzip2 data: a block is longer than it may be");
    }
    for (int i = 0; i < times; i++) {
      links[length++] = value & 0xff;
    }
    counts[value & 0xff] += times;
  }

  /** Undoes the block sort: each place gets, above its byte, the place of the byte after it. */
  private void link(int origin) {
    int sum = 0;
    int[] starts = new int[256];
    for (int i = 0; i < 256; i++) {
      starts[i] = sum;
      sum += counts[i];
    }
    for (int i = 0; i < length; i++) {
      links[starts[links[i] & 0xff]++] |= i << 8;
    }
    at = links[origin] >>> 8;
    left = length;
    last = -1;
    same = 0;
    repeats = 0;
    crc = -1;
  }

  /** The next byte, four equal ones and a count expanded; -1 at the end. */
  int next() throws IOException {
    if (repeats > 0) {
      repeats--;
      return checked(last);
    }
    if (left == 0) {
      if (~crc != expectedCrc) {
        throw new CompressionException("damaged bzip2 data: a block is not what its checksum says");
      }
      return -1;
    }
    int value = step();
    same = value == last ? same + 1 : 1;
    last = value;
    if (same == END_OF_RUN_LENGTH_4) {
      same = 0;
      if (left == 0) {
        throw new CompressionException("damaged bzip2 data: a run has no length");
      }
      repeats = step();
      int unusedByte = checked(value);
      last = value;
      return unusedByte;
    }
    return checked(value);
  }

  private int step() {
    int entry = links[at];
    at = entry >>> 8;
    left--;
    return entry & 0xff;
  }

  private int checked(int value) {
    crc = (crc << 8) ^ Crc.TABLE[(crc >>> 24) ^ value];
    return value;
  }

  /** The polynomial of CRC-32, the highest bit first. */
  private static final class Crc {
    static final int[] TABLE = new int[256];

    static {
      for (int i = 0; i < 256; i++) {
        int value = i << 24;
        for (int bit = 0; bit < 8; bit++) {
          value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
        }
        TABLE[i] = value;
      }
    }
  }
}
