package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.MemoryLimitException;

/** Files of the programs xz and bzip2 below {@code compression}, whole and damaged. */
class CompressionTest {
  private static final List<String> FILES =
      List.of("default.xz", "blocks.xz", "streams.xz", "default.bz2", "streams.bz2");

  @Test
  void read_files_givesWhatWasCompressed() throws IOException {
    for (String name : FILES) {
      assertArrayEquals(content(), plain(file(name)), name);
    }
  }

  @Test
  void read_byteByByte_givesTheSame() throws IOException {
    for (String name : FILES) {
      try (InputStream in = open(file(name))) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
          out.write(next);
        }
        assertArrayEquals(content(), out.toByteArray(), name);
      }
    }
  }

  @Test
  void read_aShortenedFile_fails() throws IOException {
    for (String name : List.of("default.xz", "blocks.xz", "default.bz2")) {
      byte[] whole = file(name);
      for (int length = 10; length < whole.length; length += 1 + length / 20) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThrows(IOException.class, () -> plain(cut), name + " of " + length);
      }
    }
  }

  /** No other exception than an {@code IOException}, and no endless loop. */
  @Test
  void read_aDamagedFile_failsOrGivesTheContent() throws IOException {
    Random random = new Random(20260101);
    int failures = 0;
    for (int i = 0; i < 600; i++) {
      String name = FILES.get(i % FILES.size());
      byte[] damaged = file(name);
      int changes = 1 + random.nextInt(3);
      for (int c = 0; c < changes; c++) {
        damaged[10 + random.nextInt(damaged.length - 10)] = (byte) random.nextInt(256);
      }
      try {
        assertArrayEquals(content(), plain(damaged), name);
      } catch (IOException e) {
        failures++;
      }
    }
    assertTrue(failures > 500, "failures: " + failures);
  }

  @Test
  void read_aFileWithAFilter_givesWhatWasCompressed() throws IOException {
    assertArrayEquals(numbers().getBytes(StandardCharsets.US_ASCII), plain(file("filter.xz")));
  }

  /** 1 GiB. */
  @Test
  void read_aWindowThatIsTooLarge_isRefused() throws IOException {
    byte[] whole = file("default.xz");
    byte[] large = whole.clone();
    int header = 12;
    int dictionary = header + 4;
    assertEquals(0x21, large[header + 2], "the filter LZMA2");
    large[dictionary] = 36;
    CRC32 sum = new CRC32();
    int length = (large[header] + 1) * 4;
    sum.update(large, header, length - 4);
    ByteBuffer.wrap(large)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(header + length - 4, (int) sum.getValue());
    assertThrows(MemoryLimitException.class, () -> plain(large));
  }

  private static byte[] plain(byte[] compressed) throws IOException {
    try (InputStream in = open(compressed)) {
      return in.readAllBytes();
    }
  }

  private static InputStream open(byte[] compressed) throws IOException {
    return Compression.decompressed(new ByteArrayInputStream(compressed));
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in = CompressionTest.class.getResourceAsStream("/compression/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** The numbers to 3000, zeros, and the numbers again. */
  private static byte[] content() {
    String text = numbers() + "\0".repeat(3000) + numbers();
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String numbers() {
    StringBuilder numbers = new StringBuilder();
    for (int i = 1; i <= 3000; i++) {
      numbers.append(i).append('\n');
    }
    return numbers.toString();
  }
}
