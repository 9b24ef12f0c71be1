package io.jollyboat.store.compression;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Decompresses bzip2, of several streams too. What does not match its checksum is an {@code
 * IOException} at the end of its block. Not safe for use by several threads.
 */
public final class Bzip2InputStream extends InputStream {
  private static final long BLOCK = 0x314159265359L;
  private static final long END = 0x177245385090L;
  private static final int UNIT = 100_000;

  private final BitInput in;
  private Bzip2Block block;
  private boolean inBlock;
  private boolean ended;
  private int combined;

  /**
   * @throws IOException it does not begin as the format does
   */
  public Bzip2InputStream(InputStream compressed) throws IOException {
    in = new BitInput(new BufferedInputStream(compressed, 1 << 16));
    block = new Bzip2Block(in, header(in.bits(8)));
  }

  /** After a stream's first byte; the largest size of its blocks. */
  private int header(int first) throws IOException {
    int second = in.bits(8);
    int third = in.bits(8);
    int level = in.bits(8) - '0';
    if (first != 'B' || second != 'Z' || third != 'h' || level < 1 || level > 9) {
      throw new CompressionException("not bzip2 data, or damaged: a stream begins wrongly");
    }
    combined = 0;
    return level * UNIT;
  }

  @Override
  public int read() throws IOException {
    while (!ended) {
      int next = inBlock ? block.next() : -1;
      if (next >= 0) {
        return next;
      }
      advance();
    }
    return -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    for (int i = 0; i < length; i++) {
      int next = read();
      if (next < 0) {
        return i == 0 ? -1 : i;
      }
      bytes[offset + i] = (byte) next;
    }
    return length;
  }

  private void advance() throws IOException {
    inBlock = false;
    long mark = ((long) in.bits(24) << 24) | in.bits(24);
    if (mark == BLOCK) {
      combined = Integer.rotateLeft(combined, 1) ^ block.read();
      inBlock = true;
    } else if (mark == END) {
      endStream();
    } else {
      throw new CompressionException("damaged bzip2 data: neither a block nor the end");
    }
  }

  private void endStream() throws IOException {
    if (in.bits(32) != combined) {
      throw new CompressionException("damaged bzip2 data: a stream is not what its checksum says");
    }
    int next = in.nextByte();
    if (next < 0) {
      ended = true;
    } else {
      int capacity = header(next);
      if (capacity != block.capacity()) { // else its memory serves again
        block = new Bzip2Block(in, capacity);
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
