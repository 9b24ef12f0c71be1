package io.jollyboat.spi.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileNamesTest {
  @Test
  void decode_anyBytes_encodeGivesThemBack() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      assertArrayEquals(bytes, FileNames.encode(FileNames.decode(bytes)));
    }
  }

  @Test
  void encode_text_isUtf8() {
    String text = "naïve/한국어/\uD83D\uDE80";
    assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), FileNames.encode(text));
    assertEquals(text, FileNames.decode(FileNames.encode(text)));
  }
}
