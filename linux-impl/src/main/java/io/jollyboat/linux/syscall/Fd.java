package io.jollyboat.linux.syscall;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor and the duty to close it. Closing twice is safe; closing while another
 * thread is inside a call on it is not. Safe for use by several threads otherwise.
 */
public final class Fd implements AutoCloseable {

  private static final int CLOSED = -1;

  private final AtomicInteger number;

  /** Takes over {@code number}: nobody else closes it from now on. */
  public Fd(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("not a file descriptor: " + number);
    }
    this.number = new AtomicInteger(number);
  }

  /**
   * The number to give to the kernel.
   *
   * @throws IllegalStateException if closed: the number may by now mean another file
   */
  public int number() {
    int open = number.get();
    if (open == CLOSED) {
      throw new IllegalStateException("this file descriptor is closed");
    }
    return open;
  }

  /** Whether {@link #close} has not been called. */
  public boolean isOpen() {
    return number.get() != CLOSED;
  }

  /** The path by which this process, and only it, can open the file again. */
  public String path() {
    return "/proc/self/fd/" + number();
  }

  @Override
  public void close() {
    int open = number.getAndSet(CLOSED);
    if (open != CLOSED) {
      // The descriptor is gone whatever close(2) answers, EINTR included: never try again.
      FileCalls.closeNumber(open);
    }
  }

  @Override
  public String toString() {
    int open = number.get();
    return open == CLOSED ? "fd closed" : "fd " + open;
  }
}
