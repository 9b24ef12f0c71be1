package io.jollyboat.engine;

import io.jollyboat.ContainerException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.LogQuery;
import io.jollyboat.LogQuery.Streams;
import io.jollyboat.LogStream;
import io.jollyboat.linux.process.LogCursor;
import io.jollyboat.linux.process.LogRecord;
import io.jollyboat.linux.process.OutputLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;

/** The answer to a query of a container's output. Safe for use by several threads. */
final class ContainerLogs implements LogStream {
  private final LogQuery query;
  private final String container;
  private final LogCursor cursor;
  private final LogLines[] lines;
  private final Deque<Piece> ready = new ArrayDeque<>();
  private long skip;
  private Instant last = Instant.EPOCH;
  private boolean ended;
  private volatile boolean closed;

  private ContainerLogs(LogQuery query, String container, LogCursor cursor, long skip) {
    this.query = query;
    this.container = container;
    this.cursor = cursor;
    this.skip = skip;
    this.lines = new LogLines[] {assembler(), assembler()};
  }

  private LogLines assembler() {
    return new LogLines(query.hasTimestamps());
  }

  /**
   * @param container its name, for messages
   */
  static ContainerLogs of(OutputLog log, LogQuery query, String container) {
    LogCursor cursor = log.cursor();
    try {
      return new ContainerLogs(query, container, cursor, beforeTail(log, query));
    } catch (IOException e) {
      cursor.close();
      throw unreadable(container, e);
    }
  }

  /** How many lines there are now before the last ones that are wanted. */
  private static long beforeTail(OutputLog log, LogQuery query) throws IOException {
    if (query.tail().isEmpty()) {
      return 0;
    }
    long count = 0;
    boolean[] open = new boolean[2];
    try (LogCursor all = log.cursor()) {
      Optional<LogRecord> record = all.poll();
      while (record.isPresent() && !isAfter(query, record.get())) {
        ByteBuffer bytes = record.get().bytes();
        if (isWanted(query, record.get()) && bytes.hasRemaining()) {
          count += LogLines.ends(bytes);
          open[index(record.get())] = bytes.get(bytes.limit() - 1) != '\n';
        }
        record = all.poll();
      }
    }
    count += (open[0] ? 1 : 0) + (open[1] ? 1 : 0);
    return Math.max(0, count - query.tail().getAsInt());
  }

  private static int index(LogRecord record) {
    return record.stream() == LogRecord.STDERR ? 1 : 0;
  }

  private static boolean isWanted(LogQuery query, LogRecord record) {
    boolean stream =
        switch (record.stream()) {
          case LogRecord.STDOUT -> query.streams() != Streams.STDERR;
          case LogRecord.STDERR -> query.streams() != Streams.STDOUT;
          default -> false;
        };
    return stream && query.since().filter(LogLines.time(record)::isBefore).isEmpty();
  }

  private static boolean isAfter(LogQuery query, LogRecord record) {
    return query.until().filter(until -> !LogLines.time(record).isBefore(until)).isPresent();
  }

  @Override
  public synchronized Optional<Piece> next() {
    try {
      while (ready.isEmpty() && !ended) {
        Optional<LogRecord> record = query.follows() ? cursor.await(query.until()) : cursor.poll();
        if (record.isEmpty() || isAfter(query, record.get())) {
          finish();
        } else if (isWanted(query, record.get())) {
          take(record.get());
        }
      }
      return Optional.ofNullable(ready.poll());
    } catch (InterruptedIOException e) {
      throw new InterruptedOperationException(
          "reading the output of container " + container + " was interrupted", e);
    } catch (IOException e) {
      if (closed) {
        return Optional.empty();
      }
      throw unreadable(container, e);
    }
  }

  private void take(LogRecord record) {
    last = LogLines.time(record);
    boolean asWritten = query.tail().isEmpty() && !query.hasTimestamps();
    add(record.stream(), asWritten ? copy(record.bytes()) : wholeLines(record));
  }

  private ByteBuffer wholeLines(LogRecord record) {
    long before = skip;
    if (skip > 0) {
      skip = Math.max(0, skip - LogLines.ends(record.bytes()));
    }
    return lines[index(record)].take(record, before);
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }

  private void add(int stream, ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      ready.add(new Piece(stream == LogRecord.STDERR, last, bytes));
    }
  }

  private void finish() {
    ended = true;
    cursor.close();
    add(LogRecord.STDOUT, rest(0));
    add(LogRecord.STDERR, rest(1));
  }

  /** A line that never ended counts among the last ones. */
  private ByteBuffer rest(int index) {
    ByteBuffer rest = lines[index].rest(last);
    if (rest.hasRemaining() && skip > 0) {
      skip--;
      return ByteBuffer.allocate(0);
    }
    return rest;
  }

  @Override
  public String text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      copyTo(text, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array takes everything
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void copyTo(OutputStream out, OutputStream err) throws IOException {
    for (Optional<Piece> piece = next(); piece.isPresent(); piece = next()) {
      byte[] bytes = new byte[piece.get().bytes().remaining()];
      piece.get().bytes().get(bytes);
      (piece.get().error() ? err : out).write(bytes);
    }
  }

  @Override
  public long missed() {
    return cursor.missed();
  }

  @Override
  public void close() {
    closed = true;
    cursor.close();
  }

  private static ContainerException unreadable(String container, IOException e) {
    return new ContainerException(
        "the output of container " + container + " cannot be read: " + e.getMessage(),
        "read the log",
        OptionalInt.empty(),
        "",
        e);
  }
}
