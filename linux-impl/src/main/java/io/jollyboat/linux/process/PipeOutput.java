package io.jollyboat.linux.process;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.PollCalls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The near end of a process's standard input. A write waits while the process does not read; a
 * close by another thread, or an interrupt, ends the wait. Safe for use by several threads.
 */
final class PipeOutput extends OutputStream {

  private static final int SLICE_MILLIS = 100;

  private final Fd pipe;

  /** Takes over {@code pipe} and makes it non-blocking. */
  PipeOutput(Fd pipe) {
    this.pipe = pipe;
    FileCalls.setNonBlocking(pipe, true);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    byte[] rest = Arrays.copyOfRange(bytes, offset, offset + length);
    while (rest.length > 0) {
      int taken = writeSome(rest);
      rest = taken == 0 ? rest : Arrays.copyOfRange(rest, taken, rest.length);
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted while writing to a process");
      }
    }
  }

  @Override
  public void close() {
    pipe.close();
  }

  /** One attempt, waiting a little first. */
  private int writeSome(byte[] bytes) throws IOException {
    try {
      return PollCalls.writable(pipe, SLICE_MILLIS) ? FileCalls.write(pipe, bytes) : 0;
    } catch (IllegalStateException e) {
      throw new IOException("standard input is closed", e);
    } catch (KernelException e) {
      if (e.is(Errno.EAGAIN)) {
        return 0;
      }
      if (e.is(Errno.EPIPE)) {
        throw new IOException("the process has closed its standard input", e);
      }
      throw new IOException(e.getMessage(), e);
    }
  }
}
