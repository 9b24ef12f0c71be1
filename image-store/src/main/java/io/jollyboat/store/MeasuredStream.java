package io.jollyboat.store;

import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;

/**
 * Counts and hashes what is read through it, in large pieces, and can copy it to a second place.
 * Closing it leaves the source open. Not safe for use by several threads.
 */
final class MeasuredStream extends InputStream {
  private static final int CHUNK = 128 * 1024;

  private final InputStream source;
  private final MessageDigest hasher;
  private final OutputStream copy;
  private final Check check;
  private final byte[] buffer = new byte[CHUNK];
  private int position;
  private int limit;
  private long count;

  /** Told how many bytes have been read so far; may end the reading. */
  interface Check {
    void read(long count) throws IOException;
  }

  MeasuredStream(InputStream source, MessageDigest hasher, OutputStream copy, Check check) {
    this.source = source;
    this.hasher = hasher;
    this.copy = copy;
    this.check = check;
  }

  /** Bytes that were taken from the source. */
  long count() {
    return count;
  }

  /** The digest of all bytes taken from the source; to be asked once. */
  Digest digest() {
    return Digest.of(hasher);
  }

  /** Reads what is left. */
  void drain() throws IOException {
    do {
      position = limit;
    } while (fill());
  }

  private boolean fill() throws IOException {
    if (position < limit) {
      return true;
    }
    int read = source.read(buffer, 0, buffer.length);
    if (read <= 0) {
      return false;
    }
    hasher.update(buffer, 0, read);
    copy.write(buffer, 0, read);
    count += read;
    position = 0;
    limit = read;
    check.read(count);
    return true;
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int some = Math.min(length, limit - position);
    System.arraycopy(buffer, position, bytes, offset, some);
    position += some;
    return some;
  }

  @Override
  public long skip(long n) throws IOException {
    if (n <= 0 || !fill()) {
      return 0;
    }
    int some = (int) Math.min(n, limit - position);
    position += some;
    return some;
  }

  /**
   * More than zero as long as there is more: the JDK's gzip reader takes zero for the end of the
   * stream, and would drop the next member of a file of several.
   */
  @Override
  public int available() throws IOException {
    return fill() ? limit - position : 0;
  }
}
