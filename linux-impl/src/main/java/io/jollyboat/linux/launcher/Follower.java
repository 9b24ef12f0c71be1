package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The launcher's role for a program that only waits for another in the foreground: this process
 * becomes it. Every signal that it gets goes on to the process that it waits for, that process's
 * terminal is joined to its own one, and it ends with that one's exit status, 128 and the number
 * for a signal.
 */
public final class Follower {
  /** fcntl(2): a copy that a new program keeps. */
  private static final int F_DUPFD = 0;

  /** Above the numbers that the copies get in the end. */
  private static final int LEAST = 10;

  private final LauncherBinary binary;

  public Follower(LauncherBinary binary) {
    this.binary = binary;
  }

  /**
   * Gives up this process for the role.
   *
   * @param launched whose EXIT report tells the status
   * @param terminal the process's, in place of descriptors 0 and 1
   * @param last a program and its arguments, called after the end; may be empty
   * @throws KernelException when the kernel refuses; it returns in no other way
   */
  public void become(Launched launched, Optional<Fd> terminal, List<String> last) {
    List<String> arguments = new ArrayList<>(List.of("jollyboat", "follow"));
    arguments.add(kept(Optional.of(launched.control())));
    arguments.add(kept(terminal));
    arguments.addAll(last);
    binary.become(arguments);
  }

  private static String kept(Optional<Fd> fd) {
    return Integer.toString(fd.map(open -> FileCalls.control(open, F_DUPFD, LEAST)).orElse(-1));
  }
}
