package io.jollyboat.build.packages;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the rows of one table of an SQLite database ("Database File Format"), as far as rpm's needs
 * it: tables with a row id, texts in UTF-8, no write-ahead log. The file is a stranger's: pages are
 * visited once, and every place is checked. Not safe for use by several threads.
 */
final class SqliteTable {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int FILE_HEADER = 100;
  private static final int LEAF = 0x0d;
  private static final int INTERIOR = 0x05;
  private static final int MOST_COLUMNS = 100;

  private final ByteBuffer file;
  private final int pageSize;
  private final int usable;
  private long left;

  private SqliteTable(byte[] content) throws IOException {
    if (content.length < 512 || !Arrays.equals(content, 0, 16, MAGIC, 0, 16)) {
      throw new IOException("not an SQLite database");
    }
    this.file = ByteBuffer.wrap(content);
    this.left = 2L * content.length; // the rows of an honest file do not overlap
    int size = Short.toUnsignedInt(file.getShort(16));
    this.pageSize = size == 1 ? 65536 : size;
    this.usable = pageSize - Byte.toUnsignedInt(file.get(20));
    if (Integer.bitCount(pageSize) != 1 || pageSize < 512 || usable < 480) {
      throw new IOException("an SQLite database with pages of " + pageSize + " bytes");
    }
  }

  /** Told the columns of a row, a blob or text as it is and all else empty. */
  interface Row {
    void read(List<byte[]> columns) throws IOException;
  }

  static void read(byte[] database, String table, Row row) throws IOException {
    try {
      SqliteTable read = new SqliteTable(database);
      read.rows(read.root(table), row);
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("a damaged SQLite database: " + e.getMessage(), e);
    }
  }

  /** Of the schema: type, name, table's name, root page, text. */
  private int root(String table) throws IOException {
    int[] found = {0};
    rows(
        1,
        columns -> {
          boolean named =
              columns.size() > 3
                  && new String(columns.get(0), StandardCharsets.UTF_8).equals("table")
                  && new String(columns.get(1), StandardCharsets.UTF_8).equals(table);
          if (named) {
            found[0] = (int) number(columns.get(3));
          }
        });
    if (found[0] < 2) {
      throw new IOException("an SQLite database without a table " + table);
    }
    return found[0];
  }

  private static long number(byte[] value) {
    long number = 0;
    for (byte b : value) {
      number = (number << 8) | Byte.toUnsignedLong(b);
    }
    return number;
  }

  private void rows(int root, Row row) throws IOException {
    Set<Integer> seen = new HashSet<>();
    Deque<Integer> pages = new ArrayDeque<>(List.of(root));
    while (!pages.isEmpty()) {
      int page = pages.pop();
      if (!seen.add(page)) {
        throw new IOException("a damaged SQLite database: page " + page + " is there twice");
      }
      int start = start(page);
      int header = page == 1 ? start + FILE_HEADER : start;
      int type = file.get(header);
      int cells = Short.toUnsignedInt(file.getShort(header + 3));
      if (type == LEAF) {
        for (int i = 0; i < cells; i++) {
          row.read(columns(payload(start + pointer(header + 8, i))));
        }
      } else if (type == INTERIOR) {
        List<Integer> below = new ArrayList<>();
        for (int i = 0; i < cells; i++) {
          below.add(file.getInt(start + pointer(header + 12, i)));
        }
        below.add(file.getInt(header + 8));
        below.forEach(pages::push);
      } else {
        throw new IOException("a damaged SQLite database: page " + page + " is of type " + type);
      }
    }
  }

  private int pointer(int array, int index) {
    return Short.toUnsignedInt(file.getShort(array + 2 * index));
  }

  private int start(int page) throws IOException {
    long start = (Integer.toUnsignedLong(page) - 1) * pageSize;
    if (page == 0 || start + pageSize > file.limit()) {
      throw new IOException("a damaged SQLite database: it has no page " + page);
    }
    return (int) start;
  }

  /** A cell's content, which may go on in pages of its own. */
  private byte[] payload(int cell) throws IOException {
    Cursor cursor = new Cursor(file, cell);
    long size = cursor.varint();
    long unusedRowId = cursor.varint();
    if (size < 0 || size > file.limit()) {
      throw new IOException("a damaged SQLite database: a row of " + size + " bytes");
    }
    left -= size;
    if (left < 0) {
      throw new IOException("a damaged SQLite database: its rows have more bytes than it has");
    }
    int local = local((int) size);
    byte[] payload = new byte[(int) size];
    file.get(cursor.place, payload, 0, local);
    int done = local;
    int next = local < size ? file.getInt(cursor.place + local) : 0;
    while (done < size) {
      int page = start(next);
      int count = Math.min(usable - 4, (int) size - done);
      file.get(page + 4, payload, done, count);
      done += count;
      next = file.getInt(page);
    }
    return payload;
  }

  private int local(int size) {
    int most = usable - 35;
    if (size <= most) {
      return size;
    }
    int least = (usable - 12) * 32 / 255 - 23;
    int some = least + (size - least) % (usable - 4);
    return some <= most ? some : least;
  }

  private static List<byte[]> columns(byte[] payload) throws IOException {
    ByteBuffer record = ByteBuffer.wrap(payload);
    Cursor types = new Cursor(record, 0);
    long end = types.varint();
    long value = end;
    List<byte[]> columns = new ArrayList<>();
    while (types.place < end && columns.size() < MOST_COLUMNS) {
      long length = length(types.varint());
      if (length < 0 || value < 0 || value + length > payload.length) {
        throw new IOException("a damaged SQLite database: a value longer than its row");
      }
      columns.add(Arrays.copyOfRange(payload, (int) value, (int) (value + length)));
      value += length;
    }
    return columns;
  }

  /** Bytes of a value of a serial type. */
  private static long length(long type) {
    if (type >= 12) {
      return (type - 12) / 2;
    }
    return switch ((int) type) {
      case 1, 2, 3, 4 -> type;
      case 5 -> 6;
      case 6, 7 -> 8;
      default -> 0;
    };
  }

  private static final class Cursor {
    private final ByteBuffer bytes;
    int place;

    Cursor(ByteBuffer bytes, int place) {
      this.bytes = bytes;
      this.place = place;
    }

    /** Seven bits of each byte, the first byte first; of a ninth byte all eight. */
    long varint() {
      long value = 0;
      for (int i = 0; i < 8; i++) {
        byte b = bytes.get(place++);
        value = (value << 7) | (b & 0x7f);
        if (b >= 0) {
          return value;
        }
      }
      return (value << 8) | Byte.toUnsignedLong(bytes.get(place++));
    }
  }
}
