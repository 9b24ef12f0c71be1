package io.jollyboat.store.compression;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;

/** What a block's content is checked by. Not safe for use by several threads. */
abstract class XzCheck {
  /** Stored size by kind, as the format fixes it for kinds yet to come too. */
  private static final int[] SIZES = {0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64};

  private static final long[] CRC64 = crc64();

  /**
   * @param kind 0 none, 1 CRC32, 4 CRC64, 10 SHA-256; others are read over
   */
  static XzCheck of(int kind) {
    return switch (kind) {
      case 1 -> new Crc32();
      case 4 -> new Crc64();
      case 10 -> new Sha256();
      default -> new Unknown(SIZES[kind]);
    };
  }

  abstract void update(byte[] bytes, int length);

  /** What should be stored after what was seen. */
  abstract byte[] value();

  /** Whether {@link #value} means something. */
  boolean isKnown() {
    return true;
  }

  void verify(byte[] stored) throws IOException {
    if (isKnown() && !MessageDigest.isEqual(value(), stored)) {
      throw new CompressionException("damaged xz data: the content is not what its checksum says");
    }
  }

  private static long[] crc64() {
    long[] table = new long[256];
    for (int i = 0; i < 256; i++) {
      long value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) == 1 ? (value >>> 1) ^ 0xC96C5795D7870F42L : value >>> 1;
      }
      table[i] = value;
    }
    return table;
  }

  private static final class Crc32 extends XzCheck {
    private final CRC32 crc = new CRC32();

    @Override
    void update(byte[] bytes, int length) {
      crc.update(bytes, 0, length);
    }

    @Override
    byte[] value() {
      return little(4).putInt((int) crc.getValue()).array();
    }
  }

  private static final class Crc64 extends XzCheck {
    private long crc = -1;

    @Override
    void update(byte[] bytes, int length) {
      for (int i = 0; i < length; i++) {
        crc = CRC64[(bytes[i] ^ (int) crc) & 0xff] ^ (crc >>> 8);
      }
    }

    @Override
    byte[] value() {
      return little(8).putLong(~crc).array();
    }
  }

  private static final class Sha256 extends XzCheck {
    private final MessageDigest digest;

    Sha256() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    @Override
    void update(byte[] bytes, int length) {
      digest.update(bytes, 0, length);
    }

    @Override
    byte[] value() {
      return digest.digest();
    }
  }

  private static final class Unknown extends XzCheck {
    private final int size;

    Unknown(int size) {
      this.size = size;
    }

    @Override
    void update(byte[] bytes, int length) {}

    @Override
    byte[] value() {
      return new byte[size];
    }

    @Override
    boolean isKnown() {
      return false;
    }
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many bytes are stored. */
  static int size(int kind) {
    return SIZES[kind];
  }
}
