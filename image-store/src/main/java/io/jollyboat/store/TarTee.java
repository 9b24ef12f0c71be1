package io.jollyboat.store;

import java.io.IOException;
import java.io.InputStream;

/** Adds what is read through it to a tar. Not safe for use by several threads. */
final class TarTee extends InputStream {
  private final InputStream source;
  private final LayerTar tar;
  private long count;

  TarTee(InputStream source, LayerTar tar) {
    this.source = source;
    this.tar = tar;
  }

  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = source.read(bytes, offset, length);
    if (read > 0) {
      tar.content(bytes, offset, read);
      count += read;
    }
    return read;
  }
}
