package io.jollyboat.engine;

import io.jollyboat.linux.process.LogRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/**
 * Makes whole lines of one stream's pieces: a line has the time of the piece in which it ends. Not
 * safe for use by several threads.
 */
final class LogLines {
  /** Of a line that has not ended: what is longer is passed on as it is. */
  private static final int LONGEST = 1 << 18;

  private static final long NANOS = 1_000_000_000L;
  private static final byte[] NOTHING = {};
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.000000000'Z '").withZone(ZoneOffset.UTC);

  /** Where the digits of the nanoseconds end in that. */
  private static final int DIGITS_END = 29;

  private final boolean timestamps;
  private byte[] prefix = NOTHING;
  private long second;
  private byte[] pending = NOTHING;
  private int pendingLength;
  private boolean begun;
  private byte[] out = NOTHING;
  private int length;

  LogLines(boolean timestamps) {
    this.timestamps = timestamps;
  }

  static Instant time(LogRecord record) {
    return Instant.ofEpochSecond(record.nanos() / NANOS, record.nanos() % NANOS);
  }

  /** The line ends in some bytes. */
  static int ends(ByteBuffer bytes) {
    byte[] array = bytes.array();
    int count = 0;
    int end = bytes.arrayOffset() + bytes.limit();
    for (int i = bytes.arrayOffset() + bytes.position(); i < end; i++) {
      if (array[i] == '\n') {
        count++;
      }
    }
    return count;
  }

  /**
   * Takes a piece and gives the lines that are complete with it.
   *
   * @param skip how many of them to leave out
   */
  ByteBuffer take(LogRecord record, long skip) {
    byte[] head = prefix(time(record));
    byte[] bytes = record.bytes().array();
    int from = record.bytes().arrayOffset() + record.bytes().position();
    int end = from + record.bytes().remaining();
    long left = skip;
    length = 0;
    for (int i = from; i < end; i++) {
      if (bytes[i] == '\n') {
        if (left > 0) {
          left--;
          pendingLength = 0;
        } else {
          line(head, bytes, from, i + 1);
        }
        begun = false;
        from = i + 1;
      }
    }
    keep(bytes, from, end);
    if (pendingLength > LONGEST) {
      unfinished(head, left > 0);
    }
    return ByteBuffer.wrap(Arrays.copyOf(out, length));
  }

  /** What is left of a line that never ended. */
  ByteBuffer rest(Instant time) {
    length = 0;
    if (pendingLength > 0) {
      unfinished(prefix(time), false);
    }
    return ByteBuffer.wrap(Arrays.copyOf(out, length));
  }

  /** Formatted anew once a second only: there may be millions of lines in one. */
  private byte[] prefix(Instant time) {
    if (!timestamps) {
      return NOTHING;
    }
    if (time.getEpochSecond() != second || prefix.length == 0) {
      second = time.getEpochSecond();
      prefix = SECOND.format(time).getBytes(StandardCharsets.US_ASCII);
    }
    int nanos = time.getNano();
    for (int i = DIGITS_END - 1; i > DIGITS_END - 10; i--) {
      prefix[i] = (byte) ('0' + nanos % 10);
      nanos /= 10;
    }
    return prefix;
  }

  private void line(byte[] head, byte[] bytes, int from, int end) {
    if (!begun) {
      append(head, 0, head.length);
    }
    append(pending, 0, pendingLength);
    pendingLength = 0;
    append(bytes, from, end);
  }

  private void unfinished(byte[] head, boolean skipped) {
    if (!skipped) {
      line(head, NOTHING, 0, 0);
      begun = true;
    }
    pendingLength = 0;
  }

  private void append(byte[] bytes, int from, int end) {
    int size = end - from;
    if (length + size > out.length) {
      out = Arrays.copyOf(out, Math.max(2 * out.length, length + size));
    }
    System.arraycopy(bytes, from, out, length, size);
    length += size;
  }

  private void keep(byte[] bytes, int from, int end) {
    int size = end - from;
    if (pendingLength + size > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(2 * pending.length, pendingLength + size));
    }
    System.arraycopy(bytes, from, pending, pendingLength, size);
    pendingLength += size;
  }
}
