package io.jollyboat.runtime;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Descriptors of the caller's, from 3 on, that the program gets under the same numbers: sockets by
 * the protocol of sd_listen_fds(3), then those of {@code --preserve-fds}.
 *
 * @param variables that tell the program of the sockets
 */
record PreservedDescriptors(List<Fd> descriptors, List<String> variables) {
  private static final int FIRST = 3;
  private static final int F_GETFD = 1;
  private static final long MOST = 1000;

  PreservedDescriptors {
    descriptors = List.copyOf(descriptors);
    variables = List.copyOf(variables);
  }

  /**
   * @param asked how many after the sockets
   * @throws RuntimeFailure where one is not open
   */
  static PreservedDescriptors of(long asked) {
    long sockets = sockets();
    if (asked < 0 || asked + sockets > MOST) {
      throw new RuntimeFailure("--preserve-fds: must be from 0 to " + (MOST - sockets));
    }
    List<Fd> descriptors = new ArrayList<>();
    for (int number = FIRST; number < FIRST + sockets + asked; number++) {
      descriptors.add(open(number));
    }
    return new PreservedDescriptors(
        descriptors, sockets == 0 ? List.of() : List.of("LISTEN_FDS=" + sockets, "LISTEN_PID=1"));
  }

  private static Fd open(int number) {
    Fd fd = new Fd(number);
    try {
      if (FileCalls.control(fd, F_GETFD, 0) == 0 && !isOfThisProcess(fd)) {
        return fd;
      }
    } catch (KernelException e) {
      if (!e.is(Errno.EBADF)) {
        throw e;
      }
    }
    throw new RuntimeFailure("--preserve-fds: descriptor " + number + " is not open");
  }

  /** Most of what a JVM opens is closed in other programs, but not the library of its classes. */
  private static boolean isOfThisProcess(Fd fd) {
    try {
      return Files.readSymbolicLink(Path.of(fd.path())).startsWith(System.getProperty("java.home"));
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read " + fd.path() + ": " + e.getMessage(), e);
    }
  }

  private static long sockets() {
    String count = System.getenv("LISTEN_FDS");
    String pid = System.getenv("LISTEN_PID");
    boolean meant = Long.toString(ProcessHandle.current().pid()).equals(pid);
    return meant && count != null && count.matches("\\d{1,4}") ? Long.parseLong(count) : 0;
  }

  ProcessConfig tell(ProcessConfig process) {
    return variables.stream().reduce(process, ProcessConfig::withVariable, (one, other) -> other);
  }
}
