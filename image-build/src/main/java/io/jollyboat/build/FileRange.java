package io.jollyboat.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Some bytes in the middle of a file. Not safe for use by several threads. */
final class FileRange extends InputStream {
  private final FileChannel channel;
  private long position;
  private final long end;

  FileRange(Path file, long start, long size) throws IOException {
    this.channel = FileChannel.open(file);
    this.position = start;
    this.end = start + size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int most = (int) Math.min(length, end - position);
    if (most <= 0) {
      return length == 0 ? 0 : -1;
    }
    int count = channel.read(ByteBuffer.wrap(buffer, offset, most), position);
    position += Math.max(count, 0);
    return count;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
