package io.jollyboat.linux.syscall;

/**
 * A process by its number, for names below /proc, and by a descriptor, which stays the same process
 * when the kernel has given the number to another. Immutable.
 *
 * @param descriptor pidfd_open(2), readable when the process has ended; closing it is its owner's
 *     matter
 */
public record Pid(int number, Fd descriptor) {

  /**
   * Opens a file of the process below /proc.
   *
   * @param name such as {@code ns/net}
   * @throws KernelException with ENOENT or ESRCH when the process has ended, whoever has its number
   *     now
   */
  public Fd open(String name, int flags) {
    String path = "/proc/" + number + "/" + name;
    Fd file = FileCalls.open(path, flags, 0);
    // Asked after the file was opened: as long as it has not ended nobody else has its number.
    try {
      if (!isRunning()) {
        throw new KernelException("open", path, Errno.ESRCH);
      }
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether it has not ended; a process that nobody has waited for yet has. */
  public boolean isRunning() {
    return !PollCalls.readable(descriptor, 0);
  }

  @Override
  public String toString() {
    return "process " + number;
  }
}
