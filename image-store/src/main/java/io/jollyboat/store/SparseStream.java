package io.jollyboat.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** A sparse file's content with its holes filled. Not safe for use by several threads. */
final class SparseStream extends InputStream {
  private final InputStream data;
  private final List<Long> map;
  private final long size;
  private long position;
  private int next;

  /**
   * @param data the pieces one after the other
   * @param map offset and length of each piece by turns
   * @param size of the file with its holes
   */
  SparseStream(InputStream data, List<Long> map, long size) throws IOException {
    this.data = data;
    this.map = map;
    this.size = size;
    long end = 0;
    for (int i = 0; i + 1 < map.size(); i += 2) {
      long offset = map.get(i);
      long length = map.get(i + 1);
      if (offset < end || length < 0 || length > size - offset) {
        throw new IOException("a sparse file's pieces overlap or lie outside it");
      }
      end = offset + length;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position >= size) {
      return -1;
    }
    while (next + 1 < map.size() && position >= map.get(next) + map.get(next + 1)) {
      next += 2;
    }
    long start = next + 1 < map.size() ? map.get(next) : size;
    int count =
        position < start
            ? zeros(bytes, offset, (int) Math.min(length, start - position))
            : piece(bytes, offset, (int) Math.min(length, start + map.get(next + 1) - position));
    position += count;
    return count;
  }

  private static int zeros(byte[] bytes, int offset, int count) {
    Arrays.fill(bytes, offset, offset + count, (byte) 0);
    return count;
  }

  private int piece(byte[] bytes, int offset, int count) throws IOException {
    int read = data.read(bytes, offset, count);
    if (read < 0) {
      throw new EOFException("a sparse file's data is shorter than its map says");
    }
    return read;
  }
}
