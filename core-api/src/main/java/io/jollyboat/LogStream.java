package io.jollyboat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/**
 * Output of a container, piece by piece. It ends with what was asked for, with the container, or
 * when it is closed by another thread. Safe for use by several threads, of which one reads.
 */
public interface LogStream extends AutoCloseable {
  /**
   * The next piece, or nothing at the end. Waits for it where the query follows.
   *
   * @throws InterruptedOperationException if the thread is interrupted
   */
  Optional<Piece> next();

  /** All that is left, of both streams in order, as UTF-8. */
  String text();

  /**
   * Writes all that is left.
   *
   * @param err takes what was written as errors
   * @throws IOException if one of the streams does
   */
  void copyTo(OutputStream out, OutputStream err) throws IOException;

  /**
   * Bytes that the log's limit had deleted before they were read, counted as they lie on the disk.
   */
  long missed();

  @Override
  void close();

  /**
   * What was written to one of the streams at once. With timestamps or a number of last lines it is
   * whole lines, but for one that never ends. Immutable.
   *
   * @param error whether it was written as errors
   * @param time when the container wrote it
   * @param bytes read-only
   */
  record Piece(boolean error, Instant time, ByteBuffer bytes) {
    public Piece {
      bytes = bytes.asReadOnlyBuffer();
    }

    /** A view with a position of its own. */
    @Override
    public ByteBuffer bytes() {
      return bytes.duplicate();
    }
  }
}
