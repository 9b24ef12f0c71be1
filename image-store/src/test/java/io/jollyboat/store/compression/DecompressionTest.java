package io.jollyboat.store.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files of the programs xz and bzip2 below {@code compression}, whole and damaged. */
class DecompressionTest {
  private static final List<String> FILES =
      List.of("default.xz", "blocks.xz", "streams.xz", "default.bz2", "streams.bz2");

  @Test
  void read_files_givesWhatWasCompressed() throws IOException {
    for (String name : FILES) {
      assertArrayEquals(content(), plain(name, file(name)), name);
    }
  }

  @Test
  void read_byteByByte_givesTheSame() throws IOException {
    for (String name : FILES) {
      try (InputStream in = open(name, file(name))) {
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
      for (int length = 0; length < whole.length; length += 1 + length / 20) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThrows(IOException.class, () -> plain(name, cut), name + " of " + length);
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
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        assertArrayEquals(content(), plain(name, damaged), name);
      } catch (IOException e) {
        failures++;
      }
    }
    assertTrue(failures > 500, "failures: " + failures);
  }

  @Test
  void read_anUnknownFilter_isRefusedByName() throws IOException {
    byte[] filtered = file("filter.xz");
    CompressionException e =
        assertThrows(CompressionException.class, () -> plain("filter.xz", filtered));
    assertTrue(String.valueOf(e.getMessage()).contains("filter other than LZMA2"));
  }

  private static byte[] plain(String name, byte[] compressed) throws IOException {
    try (InputStream in = open(name, compressed)) {
      return in.readAllBytes();
    }
  }

  private static InputStream open(String name, byte[] compressed) throws IOException {
    InputStream in = new ByteArrayInputStream(compressed);
    return name.endsWith(".xz") ? new XzInputStream(in) : new Bzip2InputStream(in);
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in = DecompressionTest.class.getResourceAsStream("/compression/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** The numbers to 3000, zeros, and the numbers again. */
  private static byte[] content() {
    StringBuilder numbers = new StringBuilder();
    for (int i = 1; i <= 3000; i++) {
      numbers.append(i).append('\n');
    }
    String text = numbers + "\0".repeat(3000) + numbers;
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
