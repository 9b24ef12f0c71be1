package io.jollyboat.build.packages;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A file of a stranger, of which not more than so much is read. Not safe for several threads. */
final class BoundedStream extends FilterInputStream {
  private final long most;
  private long left;

  BoundedStream(InputStream in, long most) {
    super(in);
    this.most = most;
    this.left = most;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    count(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count(Math.max(read, 0));
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(count);
    count(skipped);
    return skipped;
  }

  private void count(long read) throws IOException {
    left -= read;
    if (left < 0) {
      throw new IOException("more than " + most + " bytes are not read");
    }
  }
}
