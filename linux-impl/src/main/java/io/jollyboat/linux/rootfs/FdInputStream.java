package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NativeBuffer;
import io.jollyboat.linux.syscall.TreeCalls;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** Reads an open file through a buffer that is used only during each call. */
final class FdInputStream extends InputStream {
  private final Fd file;
  private final String path;
  private final NativeBuffer buffer;

  FdInputStream(Fd file, String path, NativeBuffer buffer) {
    this.file = file;
    this.path = path;
    this.buffer = buffer;
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
    try {
      int count = TreeCalls.read(file, buffer, Math.min(length, buffer.capacity()));
      buffer.bytes().get(0, bytes, offset, count);
      return count == 0 ? -1 : count;
    } catch (KernelException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
