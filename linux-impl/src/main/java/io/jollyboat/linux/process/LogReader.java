package io.jollyboat.linux.process;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log record by record, across its files, the one that it is in kept open: a file that is
 * deleted meanwhile is still read to its end. Safe for use by several threads, of which one reads.
 */
final class LogReader implements AutoCloseable {

  private static final int LEAST_BUFFER = 1 << 13;
  private static final int MOST_BUFFER = 1 << 20;

  private final LogFiles files;
  private @Nullable RandomAccessFile file;
  private long fileStart;
  private long position;
  private byte[] buffer = new byte[0];
  private int from;
  private int to;
  private long missed;
  private boolean lastLook;
  private boolean closed;

  /** Reads from where the file of that number begins. */
  LogReader(LogFiles files, long start) {
    this(files, start, start);
  }

  /** Reads from a record within that file. */
  LogReader(LogFiles files, long start, long position) {
    this.files = files;
    this.fileStart = start;
    this.position = position;
  }

  /** Where the next record begins, or will. */
  synchronized long position() {
    return position;
  }

  /** Bytes of the log that were deleted before they were read. */
  synchronized long missed() {
    return missed;
  }

  /**
   * The next record, or nothing when it is not complete yet.
   *
   * @throws IOException if the log is damaged, or this is closed
   */
  synchronized Optional<LogRecord> next() throws IOException {
    if (closed) {
      throw new IOException("this reader of the log is closed");
    }
    while (!loaded(LogRecord.HEADER) || !loaded(LogRecord.HEADER + length())) {
      if (!moveOn()) {
        shrink();
        return Optional.empty();
      }
    }
    ByteBuffer fields = fields();
    int length = length();
    int stream = fields.get(4);
    long nanos = fields.getLong(8);
    ByteBuffer bytes = ByteBuffer.wrap(buffer, from + LogRecord.HEADER, length).slice();
    LogRecord record = new LogRecord(stream, nanos, position, bytes);
    from += LogRecord.HEADER + length;
    position += LogRecord.HEADER + length;
    return Optional.of(record);
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeFile();
  }

  private ByteBuffer fields() {
    return ByteBuffer.wrap(buffer, from, LogRecord.HEADER).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private int length() throws IOException {
    int length = fields().getInt();
    if (length < 0 || length > LogRecord.LONGEST) {
      throw new IOException("the log " + files.log() + " is damaged at byte " + position);
    }
    return length;
  }

  /** Whether so many bytes from the position on are in the buffer, after reading what is there. */
  private boolean loaded(int wanted) throws IOException {
    if (to - from >= wanted) {
      return true;
    }
    makeRoom(wanted);
    RandomAccessFile open = file();
    if (open == null) {
      return false;
    }
    open.seek(position - fileStart + (to - from));
    int count = open.read(buffer, to, buffer.length - to);
    if (count > 0) {
      to += count;
    }
    return to - from >= wanted;
  }

  /** A buffer that was filled at once grows: there is much to read. */
  private void makeRoom(int wanted) {
    boolean full = to == buffer.length && buffer.length > 0;
    int size = Math.max(buffer.length, LEAST_BUFFER);
    size = full && size < MOST_BUFFER ? size * 2 : size;
    size = Math.max(size, wanted);
    byte[] target = size == buffer.length ? buffer : new byte[size];
    System.arraycopy(buffer, from, target, 0, to - from);
    to -= from;
    from = 0;
    buffer = target;
  }

  /** Whoever waits for output does not need a large buffer. */
  private void shrink() {
    if (buffer.length > LEAST_BUFFER && to - from <= LEAST_BUFFER) {
      buffer = Arrays.copyOfRange(buffer, from, from + LEAST_BUFFER);
      to -= from;
      from = 0;
    }
  }

  private @Nullable RandomAccessFile file() throws IOException {
    if (file == null) {
      try {
        file = new RandomAccessFile(files.file(fileStart).toFile(), "r");
      } catch (FileNotFoundException e) {
        return null; // deleted meanwhile, or not made yet
      }
    }
    return file;
  }

  /**
   * Goes on to the next file, if there is one: it has the position at which this one ends. The
   * oldest are deleted first, so the next may be missing only where this one is too; then to the
   * oldest that is left, once nothing more is in this one.
   */
  private boolean moveOn() throws IOException {
    if (position != fileStart && exists(position)) {
      return enter(position);
    }
    if (exists(fileStart)) {
      return false;
    }
    if (!lastLook) {
      lastLook = true;
      return true;
    }
    Long next = files.starts().higher(position);
    return next != null && enter(next);
  }

  private boolean exists(long start) {
    return files.file(start).toFile().exists();
  }

  private boolean enter(long start) {
    closeFile();
    missed += start - position;
    fileStart = start;
    position = start;
    from = 0;
    to = 0;
    lastLook = false;
    return true;
  }

  private void closeFile() {
    RandomAccessFile open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // of a file only read: it cannot fail
      }
    }
  }
}
