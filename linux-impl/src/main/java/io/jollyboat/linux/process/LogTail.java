package io.jollyboat.linux.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One stream of a log, or both, from its first byte to the end of the process. Closing it concerns
 * nobody else. Not safe for use by several threads.
 */
final class LogTail extends InputStream {

  /** Standard output and error in the order in which they were written. */
  static final int BOTH = 0;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final LogCursor cursor;
  private final int stream;
  private ByteBuffer current = NOTHING;
  private boolean ended;
  private boolean closed;

  /** Takes over {@code cursor}. */
  LogTail(LogCursor cursor, int stream) {
    this.cursor = cursor;
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
    while (!current.hasRemaining()) {
      if (ended) {
        return -1;
      }
      Optional<LogRecord> record = cursor.await();
      if (record.isEmpty()) {
        ended = true;
        cursor.close();
        return -1;
      }
      take(record.get());
    }
    int count = Math.min(length, current.remaining());
    current.get(bytes, offset, count);
    return count;
  }

  @Override
  public int available() throws IOException {
    boolean more = !closed && !ended;
    while (more && !current.hasRemaining()) {
      Optional<LogRecord> record = cursor.poll();
      more = record.isPresent();
      record.ifPresent(this::take);
    }
    return closed ? 0 : current.remaining();
  }

  @Override
  public void close() {
    closed = true;
    cursor.close();
  }

  private void take(LogRecord record) {
    boolean wanted =
        record.stream() == stream || (stream == BOTH && record.stream() <= LogRecord.STDERR);
    current = wanted ? record.bytes() : NOTHING;
  }
}
