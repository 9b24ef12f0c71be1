package io.jollyboat.linux.process;

import java.nio.ByteBuffer;

/**
 * One piece of output, as its monitor took it from a pipe at once. Immutable, but its bytes are
 * those of its reader until that moves on.
 *
 * @param stream {@link #STDOUT}, {@link #STDERR}, or {@link #LOST} where a full disk could not take
 *     some output; the bytes are then their number, eight bytes little-endian
 * @param nanos when it was taken, since 1970
 * @param position where it begins in the log
 */
public record LogRecord(int stream, long nanos, long position, ByteBuffer bytes) {

  public static final int STDOUT = 1;
  public static final int STDERR = 2;
  public static final int LOST = 3;

  /** Of each record in its file: {@code u32 length, u8 stream, 3 zeros, u64 nanoseconds}. */
  static final int HEADER = 16;

  /** Of the bytes of one record. */
  static final int LONGEST = 1 << 18;
}
