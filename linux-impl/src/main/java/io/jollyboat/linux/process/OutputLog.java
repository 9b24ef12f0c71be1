package io.jollyboat.linux.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * The output of a process, as its monitor keeps it: of a running one, growing; of one that has
 * ended, whole. Closing it ends its readers. Safe for use by several threads.
 */
public final class OutputLog implements AutoCloseable {

  private static final int MOST_TEXT = 16 << 20;

  private final LogFiles files;
  private final long begin;
  private final LogGrowth growth;
  private final LongConsumer ask;
  private final Set<LogReader> readers = new HashSet<>();
  private boolean closed;
  private long end;

  /**
   * @param begin where the output of this process begins in the log
   * @param ask tells the monitor how much of the log has been seen, so that it says when there is
   *     more
   */
  OutputLog(LogFiles files, long begin, LogGrowth growth, LongConsumer ask) {
    this.files = files;
    this.begin = begin;
    this.growth = growth;
    this.ask = ask;
  }

  /**
   * The log of a process that has ended.
   *
   * @param log the path of its files without their numbers
   */
  public static OutputLog ended(Path log) {
    LogGrowth growth = new LogGrowth();
    growth.end();
    return new OutputLog(new LogFiles(log), 0, growth, position -> {});
  }

  /** Standard output from the first byte that is kept; blocks for more until the process ends. */
  public InputStream stdout() {
    return new LogTail(own(), LogRecord.STDOUT);
  }

  /** Standard error from the first byte that is kept; blocks for more until the process ends. */
  public InputStream stderr() {
    return new LogTail(own(), LogRecord.STDERR);
  }

  /** Both in the order in which they were written; blocks for more until the process ends. */
  public InputStream both() {
    return new LogTail(own(), LogTail.BOTH);
  }

  /** Standard output from what is written after this call; blocks until the process ends. */
  public InputStream stdoutFromNow() {
    return new LogTail(fromNow(), LogRecord.STDOUT);
  }

  /** Standard error from what is written after this call; blocks until the process ends. */
  public InputStream stderrFromNow() {
    return new LogTail(fromNow(), LogRecord.STDERR);
  }

  /** Where a record ends only those before it tell. */
  private LogCursor fromNow() {
    LogCursor cursor = own();
    try {
      while (cursor.poll().isPresent()) {
        // only for where the last one ends
      }
      return cursor;
    } catch (IOException e) {
      cursor.close();
      throw new UncheckedIOException(e);
    }
  }

  /** From the first record that is kept, of earlier processes with this log too. */
  public LogCursor cursor() {
    return new LogCursor(this, reader(0));
  }

  private LogCursor own() {
    return new LogCursor(this, reader(begin));
  }

  /**
   * What is there now of both, in order; of a long log the last 16 MiB, for a container that writes
   * without end must not take this process's memory.
   */
  public String text() {
    Deque<byte[]> pieces = new ArrayDeque<>();
    int kept = 0;
    try (LogCursor cursor = cursor()) {
      Optional<LogRecord> record = cursor.poll();
      while (record.isPresent()) {
        if (record.get().stream() <= LogRecord.STDERR) {
          pieces.add(copy(record.get().bytes()));
          kept += pieces.getLast().length;
        }
        while (kept > MOST_TEXT) {
          kept -= pieces.remove().length;
        }
        record = cursor.poll();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream(kept);
    pieces.forEach(text::writeBytes);
    return text.toString(UTF_8);
  }

  private static byte[] copy(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  /** Ends all readers; those that have not read to the end fail. */
  @Override
  public void close() {
    growth.end();
    synchronized (this) {
      if (!closed) {
        closed = true;
        end = length();
        readers.forEach(LogReader::close);
        readers.clear();
      }
    }
  }

  LogGrowth growth() {
    return growth;
  }

  void ask(long seen) {
    ask.accept(seen);
  }

  /** Whether a reader that has come so far, and fails, was closed with all read. */
  synchronized boolean closedAt(long position) {
    return closed && position >= end;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized void forget(LogReader reader) {
    readers.remove(reader);
    reader.close();
    growth.grown(); // who waits with it finds it closed
  }

  private synchronized LogReader reader(long from) {
    LogReader reader = at(from);
    if (closed) {
      reader.close();
    } else {
      readers.add(reader);
    }
    return reader;
  }

  /** From the file that {@code from} lies in, or the oldest that is left. */
  private LogReader at(long from) {
    if (from == 0 && files.file(0).toFile().exists()) {
      return new LogReader(files, 0);
    }
    try {
      NavigableSet<Long> starts = files.starts();
      Long start = starts.floor(from);
      if (start != null) {
        return new LogReader(files, start, from);
      }
      return new LogReader(files, starts.isEmpty() ? 0 : starts.first());
    } catch (IOException e) {
      return new LogReader(files, 0); // gone with their container, which the reader then says
    }
  }

  private long length() {
    try {
      NavigableSet<Long> starts = files.starts();
      return starts.isEmpty() ? 0 : starts.last() + files.file(starts.last()).toFile().length();
    } catch (IOException e) {
      return 0; // nothing is left that a reader could miss
    }
  }
}
