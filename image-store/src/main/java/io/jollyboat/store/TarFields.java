package io.jollyboat.store;

import io.jollyboat.spi.host.FileNames;
import java.io.IOException;
import java.util.Arrays;

/** The fields of a tar header block: POSIX.1 pax, "ustar Interchange Format", and GNU's numbers. */
final class TarFields {
  static final int BLOCK = 512;

  private TarFields() {}

  /** A text that ends with a NUL or with its field. */
  static String text(byte[] block, int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return decode(block, offset, end);
  }

  static String decode(byte[] bytes, int from, int to) {
    return FileNames.decode(Arrays.copyOfRange(bytes, from, to));
  }

  /** A number in octal, or, when its first bit is set, in base 256. */
  static long number(byte[] block, int offset, int length) throws IOException {
    return (block[offset] & 0x80) != 0
        ? binary(block, offset, length)
        : octal(block, offset, length);
  }

  private static long binary(byte[] block, int offset, int length) throws IOException {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int b = block[offset + i] & 0xff;
      if (i == 0) {
        b = negative ? b | 0x80 : b & 0x7f;
      }
      if (value > (Long.MAX_VALUE >> 8) || value < (Long.MIN_VALUE >> 8)) {
        throw new IOException("a number in a tar header does not fit in 64 bits");
      }
      value = (value << 8) | b;
    }
    return value;
  }

  private static long octal(byte[] block, int offset, int length) throws IOException {
    long value = 0;
    boolean started = false;
    for (int i = offset; i < offset + length; i++) {
      byte b = block[i];
      if (b == ' ' && !started) {
        continue;
      }
      if (b == 0 || b == ' ') {
        break;
      }
      if (b < '0' || b > '7') {
        throw new IOException(
            "a number in a tar header is not octal: " + text(block, offset, length));
      }
      started = true;
      value = (value << 3) | (b - '0');
    }
    return value;
  }

  /** Whether the block's checksum is right, bytes taken as unsigned, or as old tars had it. */
  static boolean isChecksumRight(byte[] block) throws IOException {
    long stored = octal(block, 148, 8);
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    return stored == unsigned || stored == signed;
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
