package io.jollyboat.linux.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * One stream of a log, or both, from its first byte to the end of the process. Closing it concerns
 * nobody else. Not safe for use by several threads.
 */
final class LogTail extends InputStream {

  /** Standard output and error in the order in which they were written. */
  static final int BOTH = 0;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final LogFile log;
  private final LogGrowth growth;
  private final LongConsumer ask;
  private final int stream;
  private ByteBuffer current = NOTHING;
  private long position;
  private boolean closed;

  /**
   * @param ask tells the monitor how much of the file has been seen, so that it says when there is
   *     more
   */
  LogTail(LogFile log, LogGrowth growth, LongConsumer ask, int stream) {
    this.log = log;
    this.growth = growth;
    this.ask = ask;
    this.stream = stream;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException("this stream is closed");
    }
    if (length == 0) {
      return 0;
    }
    if (!current.hasRemaining() && !awaitPiece()) {
      return -1;
    }
    int count = Math.min(length, current.remaining());
    current.get(bytes, offset, count);
    return count;
  }

  @Override
  public int available() throws IOException {
    if (!closed && !current.hasRemaining()) {
      boolean found = nextPiece();
      assert found || !current.hasRemaining();
    }
    return closed ? 0 : current.remaining();
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Moves on to the next bytes of this stream; false at the end. */
  private boolean awaitPiece() throws IOException {
    while (true) {
      // Before looking at the file: what comes after this is a change that await() sees.
      long seen = growth.changes();
      boolean last = growth.hasEnded();
      if (nextPiece()) {
        return true;
      }
      if (last) {
        return false;
      }
      ask.accept(position);
      growth.await(seen);
    }
  }

  private boolean wanted(int written) {
    return written == stream || (stream == BOTH && written <= LogFile.STDERR);
  }

  private boolean nextPiece() throws IOException {
    Optional<LogFile.Piece> piece = log.at(position);
    while (piece.isPresent()) {
      position = piece.get().next();
      if (wanted(piece.get().stream()) && piece.get().bytes().hasRemaining()) {
        current = piece.get().bytes();
        return true;
      }
      piece = log.at(position);
    }
    return false;
  }
}
