package io.jollyboat.store.compression;

import java.io.IOException;

/**
 * The symbols of LZMA: literals, matches, and repetitions of the last four distances. Not safe for
 * use by several threads.
 */
final class LzmaDecoder {
  private static final int STATES = 12;
  private static final int POSITIONS = 16;
  private static final int FIRST_MATCH_STATE = 7;
  private static final int SHORTEST_MATCH = 2;
  private static final int END_OF_SPECIAL_SLOTS = 14;

  private final LzmaWindow window;
  private final RangeDecoder in;
  private final short[] isMatch = new short[STATES * POSITIONS];
  private final short[] isRepeat = new short[STATES];
  private final short[] isOlder = new short[STATES];
  private final short[] isOlderThanSecond = new short[STATES];
  private final short[] isFourth = new short[STATES];
  private final short[] isLong = new short[STATES * POSITIONS];
  private final short[] slots = new short[4 * 64];
  private final short[] specialDistances = new short[128];
  private final short[] aligned = new short[16];
  private final Lengths matchLengths = new Lengths();
  private final Lengths repeatLengths = new Lengths();
  private final int literalContextBits;
  private final int literalPositionMask;
  private final int positionMask;
  private final short[] literals;
  private int state;
  private int last;
  private int second;
  private int third;
  private int fourth;

  /** Written by a chunk: the three parameters in a byte. */
  LzmaDecoder(LzmaWindow window, RangeDecoder in, int properties) throws IOException {
    int positionBits = properties / 45;
    int literalPositionBits = properties % 45 / 9;
    this.literalContextBits = properties % 9;
    if (positionBits > 4 || literalContextBits + literalPositionBits > 4) {
      throw new CompressionException("damaged LZMA data: impossible parameters " + properties);
    }
    this.window = window;
    this.in = in;
    this.literalPositionMask = (1 << literalPositionBits) - 1;
    this.positionMask = (1 << positionBits) - 1;
    this.literals = new short[0x300 << (literalContextBits + literalPositionBits)];
    reset();
  }

  /** As if nothing had been decoded. */
  void reset() {
    state = 0;
    last = 0;
    second = 0;
    third = 0;
    fourth = 0;
    for (short[] all :
        new short[][] {
          isMatch,
          isRepeat,
          isOlder,
          isOlderThanSecond,
          isFourth,
          isLong,
          slots,
          specialDistances,
          aligned,
          literals
        }) {
      RangeDecoder.reset(all);
    }
    matchLengths.reset();
    repeatLengths.reset();
  }

  /**
   * Decodes until the window's chunk is full.
   *
   * @param position of the chunk's first byte since the window was reset
   */
  void decode(long position) throws IOException {
    while (!window.isFull()) {
      int at = (int) (position + window.filled());
      int place = at & positionMask;
      if (in.bit(isMatch, state * POSITIONS + place) == 0) {
        literal(at);
      } else if (in.bit(isRepeat, state) == 0) {
        match(place);
      } else {
        repeat(place);
      }
    }
    in.finish();
  }

  private void literal(int at) throws IOException {
    int context =
        ((at & literalPositionMask) << literalContextBits)
            | (window.back(1) >>> (8 - literalContextBits));
    int offset = 0x300 * context;
    int symbol = 1;
    if (state >= FIRST_MATCH_STATE) {
      int matched = window.back(last + 1);
      while (symbol < 0x100) {
        int expected = (matched >>> 7) & 1;
        matched <<= 1;
        int bit = in.bit(literals, offset + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit != expected) {
          break;
        }
      }
    }
    while (symbol < 0x100) {
      symbol = (symbol << 1) | in.bit(literals, offset + symbol);
    }
    window.put((byte) symbol);
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  private void match(int place) throws IOException {
    int length = matchLengths.decode(place);
    fourth = third;
    third = second;
    second = last;
    last = distance(Math.min(length, 3));
    state = state < FIRST_MATCH_STATE ? 7 : 10;
    window.repeat(last, length + SHORTEST_MATCH);
  }

  /**
   * @param lengthClass of the match, from 0 for the shortest
   */
  private int distance(int lengthClass) throws IOException {
    int slot = in.tree(slots, lengthClass * 64, 6);
    if (slot < 4) {
      return slot;
    }
    int bits = (slot >>> 1) - 1;
    int base = (2 | (slot & 1)) << bits;
    if (slot < END_OF_SPECIAL_SLOTS) {
      return base + in.reverseTree(specialDistances, base - slot, bits);
    }
    return base + (in.direct(bits - 4) << 4) + in.reverseTree(aligned, 0, 4);
  }

  private void repeat(int place) throws IOException {
    if (in.bit(isOlder, state) == 0) {
      if (in.bit(isLong, state * POSITIONS + place) == 0) {
        state = state < FIRST_MATCH_STATE ? 9 : 11;
        window.repeat(last, 1);
        return;
      }
    } else {
      last = older();
    }
    int length = repeatLengths.decode(place);
    state = state < FIRST_MATCH_STATE ? 8 : 11;
    window.repeat(last, length + SHORTEST_MATCH);
  }

  /** Moves one of the earlier distances to the front. */
  private int older() throws IOException {
    int found;
    if (in.bit(isOlderThanSecond, state) == 0) {
      found = second;
    } else {
      if (in.bit(isFourth, state) == 0) {
        found = third;
      } else {
        found = fourth;
        fourth = third;
      }
      third = second;
    }
    second = last;
    return found;
  }

  /** Lengths from 0, in three ranges. */
  private final class Lengths {
    private final short[] choice = new short[2];
    private final short[] low = new short[POSITIONS * 8];
    private final short[] middle = new short[POSITIONS * 8];
    private final short[] high = new short[256];

    void reset() {
      for (short[] all : new short[][] {choice, low, middle, high}) {
        RangeDecoder.reset(all);
      }
    }

    int decode(int place) throws IOException {
      if (in.bit(choice, 0) == 0) {
        return in.tree(low, place * 8, 3);
      }
      return in.bit(choice, 1) == 0 ? 8 + in.tree(middle, place * 8, 3) : 16 + in.tree(high, 0, 8);
    }
  }
}
