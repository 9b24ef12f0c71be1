package io.jollyboat.linux.process;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * A place in a log that moves on record by record. Closing it concerns nobody else. Safe for use by
 * several threads, of which one reads.
 */
public final class LogCursor implements AutoCloseable {

  private final OutputLog log;
  private final LogReader reader;

  LogCursor(OutputLog log, LogReader reader) {
    this.log = log;
    this.reader = reader;
  }

  /**
   * The next record if it is there. Its bytes are valid until the next call.
   *
   * @throws IOException if the log is damaged, or was closed with more in it
   */
  public Optional<LogRecord> poll() throws IOException {
    try {
      return reader.next();
    } catch (IOException e) {
      if (log.closedAt(reader.position())) {
        return Optional.empty();
      }
      if (log.isClosed()) {
        throw new IOException(
            "the process was closed before its output was read to the end: the log is gone", e);
      }
      throw e;
    }
  }

  /**
   * The next record, waiting for it; nothing at the end of the process. Its bytes are valid until
   * the next call.
   *
   * @throws java.io.InterruptedIOException if the thread is interrupted, whose flag stays set
   * @throws IOException as {@link #poll}
   */
  public Optional<LogRecord> await() throws IOException {
    return await(Optional.empty());
  }

  /** As {@link #await()}, but gives nothing when that time has come either. */
  public Optional<LogRecord> await(Optional<Instant> until) throws IOException {
    while (true) {
      // Before looking at the files: what comes after this is a change that await() sees.
      long seen = log.growth().changes();
      boolean last = log.growth().hasEnded();
      Optional<LogRecord> record = poll();
      if (record.isPresent() || last || until.filter(Instant.now()::isAfter).isPresent()) {
        return record;
      }
      log.ask(reader.position());
      log.growth().await(seen, until);
    }
  }

  /** Bytes of the log that were deleted, for its limit, before this came to them. */
  public long missed() {
    return reader.missed();
  }

  /** Where the next record begins, counted in bytes from the log's first. */
  public long position() {
    return reader.position();
  }

  @Override
  public void close() {
    log.forget(reader);
    log.growth().grown(); // so that a thread that waits here looks again
  }
}
