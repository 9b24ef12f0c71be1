package io.jollyboat.registry;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A blob's bytes; when the connection breaks, those that are missing are asked for again. Fails
 * with {@link io.jollyboat.RegistryException}, not with IOException. Not safe for use by several
 * threads.
 */
final class BlobStream extends InputStream {
  /** Opens the blob from an offset on. */
  interface Source {
    InputStream open(long offset);
  }

  private final String what;
  private final String host;
  private final Source source;
  private final RetryPolicy retries;
  private @Nullable InputStream in;
  private long position;
  private int failures;

  BlobStream(String what, String host, RetryPolicy retries, long offset, Source source) {
    this.what = what;
    this.host = host;
    this.retries = retries;
    this.source = source;
    this.position = offset;
    this.in = source.open(offset);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    while (true) {
      try {
        if (in == null) {
          in = source.open(position);
        }
        int count = in.read(buffer, offset, length);
        if (count > 0) {
          position += count;
          failures = 0;
        }
        return count;
      } catch (IOException e) {
        failed(e);
      }
    }
  }

  private void failed(IOException failure) {
    Interrupts.check(what, failure);
    close();
    failures++;
    Optional<Duration> pause = retries.pause(failure, failures);
    if (pause.isEmpty()) {
      throw RegistryErrors.unreachable(what, host, failure);
    }
    Interrupts.sleep(what, pause.get());
  }

  @Override
  public void close() {
    InputStream open = in;
    in = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // What is being given up cannot fail any further.
      }
    }
  }
}
