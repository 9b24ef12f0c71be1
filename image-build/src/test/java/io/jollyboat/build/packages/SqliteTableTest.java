package io.jollyboat.build.packages;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Databases that were made to keep their reader busy. */
class SqliteTableTest {
  private static final int PAGE = 65536;
  private static final int CELLS = 20_000;

  /** One page whose many cells are all the same row, which is almost the page. */
  private static byte[] overlapping() {
    ByteBuffer file = ByteBuffer.allocate(PAGE);
    file.put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
    file.putShort(16, (short) 1); // 65536
    file.put(100, (byte) 0x0d);
    file.putShort(103, (short) CELLS);
    int cell = 108 + 2 * CELLS;
    for (int i = 0; i < CELLS; i++) {
      file.putShort(108 + 2 * i, (short) cell);
    }
    file.put(cell, (byte) 0x81); // 16384 bytes, as a varint of three
    file.put(cell + 1, (byte) 0x80);
    file.put(cell + 2, (byte) 0);
    return file.array();
  }

  @Test
  void rowsThatOverlap_areCutOff() {
    IOException refused =
        assertThrows(
            IOException.class, () -> SqliteTable.read(overlapping(), "Packages", row -> {}));
    assertTrue(refused.toString().contains("more bytes than it has"), refused.toString());
  }

  @Test
  void fileThatIsNoDatabase_isRefused() {
    assertThrows(IOException.class, () -> SqliteTable.read(new byte[1000], "Packages", row -> {}));
    assertThrows(IOException.class, () -> SqliteTable.read(new byte[0], "Packages", row -> {}));
  }
}
