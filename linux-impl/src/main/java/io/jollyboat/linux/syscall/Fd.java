package io.jollyboat.linux.syscall;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.IntUnaryOperator;

/**
 * An open file descriptor and the duty to close it. Closing twice is safe, and so is closing while
 * another thread is inside a call on it: the number is given back when the last call has ended.
 * Safe for use by several threads.
 */
public final class Fd implements AutoCloseable {

  private final int number;

  @GuardedBy("this")
  private int holds;

  @GuardedBy("this")
  private boolean closed;

  /** Takes over {@code number}: nobody else closes it from now on. */
  public Fd(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("not a file descriptor: " + number);
    }
    this.number = number;
  }

  /**
   * The number to give to the kernel, by a caller that knows that nobody closes it meanwhile.
   *
   * @throws IllegalStateException if closed: the number may by now mean another file
   */
  public synchronized int number() {
    requireOpen();
    return number;
  }

  /** Whether {@link #close} has not been called. */
  public synchronized boolean isOpen() {
    return !closed;
  }

  /** The path by which this process, and only it, can open the file again. */
  public String path() {
    return "/proc/self/fd/" + number();
  }

  /**
   * Keeps the number from meaning another file until what is returned is closed.
   *
   * @throws IllegalStateException if closed
   */
  public Hold hold() {
    return new Hold(this, acquire());
  }

  /** A descriptor's number while it is held. Closed once. */
  public static final class Hold implements AutoCloseable {
    private final Fd fd;
    private final int number;

    private Hold(Fd fd, int number) {
      this.fd = fd;
      this.number = number;
    }

    public int number() {
      return number;
    }

    @Override
    public void close() {
      fd.release();
    }
  }

  /** The result of {@code call}, given the number, which is held as long as it runs. */
  int held(IntUnaryOperator call) {
    int open = acquire();
    try {
      return call.applyAsInt(open);
    } finally {
      release();
    }
  }

  synchronized int acquire() {
    requireOpen();
    holds++;
    return number;
  }

  void release() {
    synchronized (this) {
      holds--;
      if (holds > 0 || !closed) {
        return;
      }
    }
    FileCalls.closeNumber(number);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (holds > 0) {
        return;
      }
    }
    // The descriptor is gone whatever close(2) answers, EINTR included: never try again.
    FileCalls.closeNumber(number);
  }

  @Override
  public synchronized String toString() {
    return closed ? "fd closed" : "fd " + number;
  }

  @GuardedBy("this")
  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this file descriptor is closed");
    }
  }
}
