package io.jollyboat.linux.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Classic BPF, written from the last instruction to the first: all jumps of BPF go forward, so
 * whatever an instruction jumps to is written already, and its place is known. A place is counted
 * from the end of the program. Not safe for use by several threads.
 */
final class BpfAssembler {
  // linux/bpf_common.h
  private static final int LOAD_WORD_ABSOLUTE = 0x20;
  private static final int AND_CONSTANT = 0x54;
  private static final int RETURN_CONSTANT = 0x06;
  private static final int JUMP_ALWAYS = 0x05;
  static final int JUMP_EQUAL = 0x15;
  static final int JUMP_GREATER = 0x25;
  static final int JUMP_GREATER_OR_EQUAL = 0x35;

  /** A conditional jump's distance is one byte. */
  private static final int FARTHEST = 255;

  /** BPF_MAXINSNS. */
  private static final int LONGEST = 4096;

  private static final int INSTRUCTION_BYTES = 8;

  private long[] reversed = new long[512];
  private int count;
  private final Map<Integer, Integer> returns = new HashMap<>();

  /** Ends the filter with a SECCOMP_RET_* value. A return near enough is shared. */
  int returning(int action) {
    Integer place = returns.get(action);
    if (place == null || count - place > FARTHEST / 2) {
      place = write(RETURN_CONSTANT, 0, 0, action);
      returns.put(action, place);
    }
    return place;
  }

  /**
   * Loads the 32-bit word at an offset of struct seccomp_data, then goes on with what was written
   * last.
   */
  int load(int offset) {
    return write(LOAD_WORD_ABSOLUTE, 0, 0, offset);
  }

  /**
   * Makes {@code place} be what follows: where something else was written last, by a jump to it.
   */
  int next(int place) {
    return place == count - 1 ? place : write(JUMP_ALWAYS, 0, 0, distance(place));
  }

  /** Masks the loaded word, then goes on with what was written last. */
  int and(int mask) {
    return write(AND_CONSTANT, 0, 0, mask);
  }

  /** Compares the loaded word, unsigned, and goes to one of two places. */
  int jump(int comparison, int constant, int whenTrue, int whenFalse) {
    // Each trampoline shifts the jump by one: leave room for the other one when judging the first.
    int near = within(whenTrue, 1);
    int other = within(whenFalse, 0);
    near = within(near, 0);
    return write(comparison, distance(near), distance(other), constant);
  }

  /**
   * The program in the machine's byte order: struct sock_filter, one after the other.
   *
   * @throws IllegalArgumentException if it is longer than the kernel takes
   */
  byte[] program() {
    if (count > LONGEST) {
      throw new IllegalArgumentException(
          "the seccomp profile compiles to "
              + count
              + " instructions, the kernel takes "
              + LONGEST);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(INSTRUCTION_BYTES * count).order(ByteOrder.nativeOrder());
    for (int i = count - 1; i >= 0; i--) {
      bytes.putShort((short) (reversed[i] >>> 48));
      bytes
          .put((byte) (reversed[i] >>> 40))
          .put((byte) (reversed[i] >>> 32))
          .putInt((int) reversed[i]);
    }
    return bytes.array();
  }

  private int within(int place, int slack) {
    if (count + slack - place - 1 <= FARTHEST) {
      return place;
    }
    return write(JUMP_ALWAYS, 0, 0, distance(place));
  }

  private int distance(int place) {
    return count - place - 1;
  }

  private int write(int code, int whenTrue, int whenFalse, int constant) {
    if (count == reversed.length) {
      reversed = Arrays.copyOf(reversed, 2 * count);
    }
    reversed[count] =
        (long) code << 48
            | (long) whenTrue << 40
            | (long) whenFalse << 32
            | Integer.toUnsignedLong(constant);
    return count++;
  }
}
