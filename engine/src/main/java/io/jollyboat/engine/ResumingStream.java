package io.jollyboat.engine;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.Registry;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A blob's bytes, asked for again from where they broke off when the connection does. A stream that
 * ends early is not resumed here: its length is somebody else's to judge.
 */
final class ResumingStream extends InputStream {
  private static final int ATTEMPTS = 4;

  private final Registry registry;
  private final ImageReference repository;
  private final Descriptor blob;
  private @Nullable InputStream current;
  private long offset;
  private int failures;

  ResumingStream(Registry registry, ImageReference repository, Descriptor blob) {
    this.registry = registry;
    this.repository = repository;
    this.blob = blob;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    while (true) {
      try {
        int count = open().read(buffer, from, length);
        offset += Math.max(count, 0);
        return count;
      } catch (IOException e) {
        close();
        boolean all = offset >= blob.size();
        if (all || Thread.currentThread().isInterrupted() || ++failures >= ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private InputStream open() {
    InputStream stream = current;
    if (stream == null) {
      stream = registry.blob(repository, blob, offset);
      current = stream;
    }
    return stream;
  }

  @Override
  public void close() {
    InputStream stream = current;
    current = null;
    if (stream != null) {
      try {
        stream.close();
      } catch (IOException e) {
        // The connection is given up anyway; what was read has been counted.
        failures++;
      }
    }
  }
}
