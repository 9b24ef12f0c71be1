package io.jollyboat.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A piece of a file as a stream; closing it leaves the file open. Skipping costs nothing. Not safe
 * for use by several threads.
 */
final class FilePiece extends InputStream {
  private final FileChannel file;
  private final long end;
  private long position;

  FilePiece(FileChannel file, long start, long length) {
    this.file = file;
    this.position = start;
    this.end = start + length;
  }

  long position() {
    return position;
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
    int most = (int) Math.min(length, end - position);
    int count = most <= 0 ? -1 : file.read(ByteBuffer.wrap(bytes, offset, most), position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public long skip(long n) {
    long some = Math.max(0, Math.min(n, end - position));
    position += some;
    return some;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, end - position));
  }
}
