package io.jollyboat.linux.syscall;

/**
 * A call that the kernel refused: {@code open /x: ENOENT (no such file or directory)}. The facts
 * are in the fields; whoever knows the user's purpose turns it into an exception of the API.
 */
public final class KernelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String call;
  private final String what;
  private final Errno errno;

  /**
   * @param call the kernel's call, such as {@code open}
   * @param what what it was done to, such as a path; may be empty
   */
  public KernelException(String call, String what, Errno errno) {
    super(call + (what.isEmpty() ? "" : " " + what) + ": " + errno);
    this.call = call;
    this.what = what;
    this.errno = errno;
  }

  /** The kernel's call, such as {@code open}. */
  public String call() {
    return call;
  }

  /** What the call was done to; empty when there is nothing to name. */
  public String what() {
    return what;
  }

  /** Why it failed. */
  public Errno errno() {
    return errno;
  }

  /** Whether the reason is the error number {@code name}, such as {@code "ENOENT"}. */
  public boolean is(Errno other) {
    return errno.equals(other);
  }
}
