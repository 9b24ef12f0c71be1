package io.jollyboat.linux.process;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import java.io.ByteArrayOutputStream;

/** Reads a pipe without waiting and keeps the beginning. Not safe for use by several threads. */
final class Capture implements AutoCloseable {

  /** Reads of the buffer's size that empty the largest pipe, one of a megabyte. */
  private static final int MOST_READS = 64;

  private final FileCalls.Pipe pipe = FileCalls.pipe();
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final byte[] buffer = new byte[1 << 14];
  private boolean truncated;
  private boolean ended;

  Capture() {
    FileCalls.setNonBlocking(pipe.readEnd(), true);
  }

  Fd readEnd() {
    return pipe.readEnd();
  }

  Fd writeEnd() {
    return pipe.writeEnd();
  }

  /** To be called when the child has its copy: until then there is no end. */
  void closeWriteEnd() {
    pipe.writeEnd().close();
  }

  /** Whether no writer is left. */
  boolean hasEnded() {
    return ended;
  }

  /** Takes all that is there now; of a writer that never pauses no more than any pipe holds. */
  void drain() {
    int length = read();
    for (int reads = 1; length > 0; reads++) {
      int room = Math.min(length, ExecOutcome.MOST - kept.size());
      kept.write(buffer, 0, room);
      truncated |= room < length;
      // A pipe that gave less than there was room for is empty.
      boolean more = length == buffer.length && reads < MOST_READS;
      length = more ? read() : 0;
    }
  }

  byte[] bytes() {
    return kept.toByteArray();
  }

  boolean isTruncated() {
    return truncated;
  }

  @Override
  public void close() {
    pipe.close();
  }

  private int read() {
    try {
      int length = FileCalls.read(pipe.readEnd(), buffer);
      ended |= length == 0;
      return length;
    } catch (KernelException e) {
      if (e.is(Errno.EAGAIN)) {
        return 0;
      }
      throw e;
    }
  }
}
