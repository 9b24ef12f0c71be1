package io.jollyboat.linux.process;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.PollCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * The near end of what a program writes, to a pipe or its terminal. It ends with the program,
 * whatever that has left running; what it wrote until then is kept. A read waits; a close by
 * another thread, or an interrupt, ends the wait. Safe for use by several threads.
 */
final class PipeInput extends InputStream {

  private static final int SLICE_MILLIS = 100;
  private static final int MOST_AT_ONCE = 1 << 16;

  /** Reads that empty the largest pipe, one of a megabyte. */
  private static final int MOST_READS = 32;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Fd source;
  private ByteBuffer rest = NOTHING;
  private boolean ended;
  private boolean closed;

  /** Takes over {@code source} and makes it non-blocking. */
  PipeInput(Fd source) {
    this.source = source;
    FileCalls.setNonBlocking(source, true);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    int count = readNow(bytes, offset, length);
    while (count == 0) {
      awaitMore();
      count = readNow(bytes, offset, length);
    }
    return count;
  }

  @Override
  public synchronized int available() throws IOException {
    requireOpen();
    if (!rest.hasRemaining() && !ended) {
      rest = ByteBuffer.wrap(take(MOST_AT_ONCE));
    }
    return rest.remaining();
  }

  @Override
  public synchronized void close() {
    closed = true;
    source.close();
  }

  /** The program has ended: keeps what it has written, and nothing after that. */
  synchronized void end() {
    if (ended || closed) {
      return;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(rest.array(), rest.arrayOffset() + rest.position(), rest.remaining());
    for (int reads = 0; reads < MOST_READS && !ended; reads++) {
      byte[] more = take(MOST_AT_ONCE);
      all.writeBytes(more);
      if (more.length == 0) {
        break;
      }
    }
    rest = ByteBuffer.wrap(all.toByteArray());
    ended = true;
    source.close();
  }

  /** -1 at the end, 0 when there is nothing now. */
  private synchronized int readNow(byte[] bytes, int offset, int length) throws IOException {
    requireOpen();
    if (!rest.hasRemaining() && !ended) {
      rest = ByteBuffer.wrap(take(Math.min(length, MOST_AT_ONCE)));
    }
    int count = Math.min(length, rest.remaining());
    rest.get(bytes, offset, count);
    return count == 0 && ended ? -1 : count;
  }

  private byte[] take(int most) {
    byte[] bytes = new byte[most];
    int count = takeInto(bytes);
    return count == most ? bytes : Arrays.copyOf(bytes, count);
  }

  private int takeInto(byte[] bytes) {
    try {
      int count = FileCalls.read(source, bytes);
      if (count == 0) {
        ended = true;
        source.close();
      }
      return count;
    } catch (KernelException e) {
      if (e.is(Errno.EAGAIN)) {
        return 0;
      }
      if (e.is(Errno.EIO)) { // a terminal that nobody has open any more
        ended = true;
        source.close();
        return 0;
      }
      throw e;
    }
  }

  private void awaitMore() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while reading from a process");
    }
    try {
      boolean unused = PollCalls.readable(source, SLICE_MILLIS);
    } catch (IllegalStateException e) {
      // Closed meanwhile, by whoever reads or because the program has ended.
      synchronized (this) {
        requireOpen();
      }
    }
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("this stream is closed");
    }
  }
}
