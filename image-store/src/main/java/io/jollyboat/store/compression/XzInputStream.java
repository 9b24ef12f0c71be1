package io.jollyboat.store.compression;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses {@code .xz}, of several streams too: The .xz File Format 1.2.1 with the filter
 * LZMA2, which is what {@code xz} writes unless told otherwise; other filters are refused. What
 * does not match its checksum is an {@code IOException} at the end of its block. Not safe for use
 * by several threads.
 */
public final class XzInputStream extends InputStream {
  private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
  private static final int LZMA2 = 0x21;

  /** {@code xz -9} needs 64 MiB. */
  private static final int LARGEST_WINDOW = 1 << 28;

  private final CountedInput in;
  private final DataInputStream data;
  private int checkKind;
  private XzCheck check = XzCheck.of(0);
  private @Nullable Lzma2Decoder block;
  private long blockStart;
  private int chunkAt;
  private int chunkEnd;
  private boolean ended;

  /**
   * @throws IOException it does not begin as the format does
   */
  public XzInputStream(InputStream compressed) throws IOException {
    in = new CountedInput(compressed);
    data = new DataInputStream(in);
    byte[] magic = new byte[MAGIC.length];
    data.readFully(magic);
    streamHeader(magic);
  }

  private void streamHeader(byte[] magic) throws IOException {
    if (!Arrays.equals(magic, MAGIC)) {
      throw new CompressionException("not xz data, or damaged: a stream begins wrongly");
    }
    byte[] flags = new byte[2];
    data.readFully(flags);
    checkCrc(flags, flags.length);
    if (flags[0] != 0 || (flags[1] & 0xf0) != 0) {
      throw new CompressionException("xz data of a newer form than is known here");
    }
    checkKind = flags[1];
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    while (chunkAt == chunkEnd) {
      if (ended) {
        return -1;
      }
      try {
        advance();
      } catch (EOFException e) {
        throw new CompressionException("the xz data ends too early", e);
      }
    }
    int count = Math.min(length, chunkEnd - chunkAt);
    byte[] chunk = Objects.requireNonNull(block).output();
    System.arraycopy(chunk, chunkAt, bytes, offset, count);
    chunkAt += count;
    return count;
  }

  /** Reads one more chunk, or what stands between two. */
  private void advance() throws IOException {
    Lzma2Decoder current = block;
    if (current == null) {
      int size = data.readUnsignedByte();
      if (size == 0) {
        index();
        nextStream();
      } else {
        block = blockHeader(size);
      }
      return;
    }
    int count = current.next();
    if (count < 0) {
      endBlock();
    } else {
      chunkAt = 0;
      chunkEnd = count;
      check.update(current.output(), count);
    }
  }

  private Lzma2Decoder blockHeader(int size) throws IOException {
    byte[] header = new byte[(size + 1) * 4 - 4];
    header[0] = (byte) size;
    data.readFully(header, 1, header.length - 1);
    checkCrc(header, header.length);
    int flags = header[1] & 0xff;
    int[] at = {2};
    if ((flags & 0x40) != 0) {
      long unusedCompressed = number(header, at);
    }
    if ((flags & 0x80) != 0) {
      long unusedPlain = number(header, at);
    }
    long filter = number(header, at);
    if ((flags & 0x3f) != 0 || filter != LZMA2 || number(header, at) != 1) {
      throw new CompressionException(
          "xz data with a filter other than LZMA2, which is not read here");
    }
    check = XzCheck.of(checkKind);
    blockStart = in.count();
    return new Lzma2Decoder(data, windowSize(header[at[0]]));
  }

  /** Sizes are 2 or 3 times a power of 2. */
  private static int windowSize(int bits) throws IOException {
    long size = bits == 40 ? 0xffff_ffffL : (2L | (bits & 1)) << (bits / 2 + 11);
    if (bits < 0 || bits > 40 || size > LARGEST_WINDOW) {
      throw new CompressionException(
          "xz data that needs a window of " + size + " bytes; at most " + LARGEST_WINDOW);
    }
    return (int) size;
  }

  private void endBlock() throws IOException {
    padding(in.count() - blockStart);
    byte[] stored = new byte[XzCheck.size(checkKind)];
    data.readFully(stored);
    check.verify(stored);
    block = null;
    chunkAt = 0;
    chunkEnd = 0;
  }

  private void padding(long length) throws IOException {
    for (long i = length; i % 4 != 0; i++) {
      if (data.readUnsignedByte() != 0) {
        throw new CompressionException("damaged xz data: padding is not empty");
      }
    }
  }

  /** Sizes of the blocks, which are known here already, and the footer. */
  private void index() throws IOException {
    long start = in.count() - 1;
    long records = number();
    for (long i = 0; i < 2 * records; i++) {
      long unused = number();
    }
    padding(in.count() - start);
    byte[] crcAndFooter = new byte[4 + 12];
    data.readFully(crcAndFooter);
    if (crcAndFooter[14] != 'Y' || crcAndFooter[15] != 'Z') {
      throw new CompressionException("damaged xz data: a stream ends wrongly");
    }
  }

  /** Another stream may follow, after zeros in groups of four. */
  private void nextStream() throws IOException {
    int first = in.read();
    while (first == 0) {
      first = in.read();
    }
    if (first < 0) {
      ended = true;
      return;
    }
    byte[] magic = new byte[MAGIC.length];
    magic[0] = (byte) first;
    data.readFully(magic, 1, magic.length - 1);
    streamHeader(magic);
  }

  /** Seven bits a byte, the lowest first. */
  private static long number(byte[] bytes, int[] at) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 63 && at[0] < bytes.length; shift += 7) {
      byte next = bytes[at[0]++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new CompressionException("damaged xz data: a number has no end");
  }

  private long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte next = data.readByte();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new CompressionException("damaged xz data: a number has no end");
  }

  private void checkCrc(byte[] bytes, int length) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    if (Integer.reverseBytes(data.readInt()) != (int) crc.getValue()) {
      throw new CompressionException("damaged xz data: a header is not what its checksum says");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Counts what is read. */
  private static final class CountedInput extends InputStream {
    private final InputStream source;
    private long count;

    CountedInput(InputStream source) {
      this.source = source;
    }

    long count() {
      return count;
    }

    @Override
    public int read() throws IOException {
      int value = source.read();
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = source.read(bytes, offset, length);
      count += Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }
}
