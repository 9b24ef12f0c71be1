package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

final class ParallelGzipTest {
  private static byte[] gzip(byte[] bytes, int piece) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ParallelGzip gzip = new ParallelGzip(out)) {
      for (int at = 0; at < bytes.length; at += piece) {
        gzip.write(bytes, at, Math.min(piece, bytes.length - at));
      }
    }
    return out.toByteArray();
  }

  private static byte[] text(int size) {
    Random random = new Random(size);
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) ('a' + random.nextInt(i % 1000 < 500 ? 3 : 20));
    }
    return bytes;
  }

  @Test
  void write_anySize_isReadBack() throws IOException {
    for (int size : new int[] {0, 1, 262_143, 262_144, 262_145, 524_288, 3_000_000}) {
      byte[] bytes = text(size);
      byte[] packed = gzip(bytes, 10_000);
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
        assertArrayEquals(bytes, in.readAllBytes());
      }
      assertTrue(size < 1000 || packed.length < size * 6 / 10, size + " -> " + packed.length);
    }
  }

  @Test
  void write_incompressible_isReadBack() throws IOException {
    byte[] bytes = new byte[2_000_000];
    new Random(1).nextBytes(bytes);
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(gzip(bytes, bytes.length)))) {
      assertArrayEquals(bytes, in.readAllBytes());
    }
  }

  @Test
  void write_inOtherPieces_givesTheSameBytes() throws IOException {
    byte[] bytes = text(1_500_000);
    assertArrayEquals(gzip(bytes, 1000), gzip(bytes, 1_000_000));
  }
}
