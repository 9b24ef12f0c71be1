package io.jollyboat.engine;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;

/** What a kernel's refusal means to the person who wrote the command. */
final class StartFailure {
  private StartFailure() {}

  /** Whether an interrupt of the thread is behind it: it closes the file that is being written. */
  static boolean isInterrupt(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClosedByInterruptException || cause instanceof InterruptedException) {
        return true;
      }
    }
    return false;
  }

  static String explain(List<String> words, KernelException refused) {
    String program = words.isEmpty() ? "" : words.get(0);
    boolean execution = (refused.call() + " " + refused.what()).startsWith("execute");
    if (execution && refused.is(Errno.ENOENT)) {
      return program.contains("/")
          ? "there is no program "
              + program
              + " in the image (or its interpreter, or its loader, is missing): "
              + refused.getMessage()
          : "there is no program " + program + " in the image's PATH: " + refused.getMessage();
    }
    if (execution && refused.is(Errno.EACCES)) {
      return program + " is not executable: " + refused.getMessage() + "; set its mode to 0755";
    }
    if (execution && refused.is(Errno.ENOEXEC)) {
      return program
          + " is a program for another machine, or a script without #!: "
          + refused.getMessage()
          + "; programs of other architectures need an interpreter that the kernel has opened"
          + " (binfmt_misc with flag F, as of the package qemu-user-static)";
    }
    if (refused.call().endsWith("with mapped ids")
        && (refused.is(Errno.EINVAL) || refused.is(Errno.ENOSYS))) {
      return refused.getMessage()
          + ": other ids for an image's files need Linux 5.19 and a file system below the engine's"
          + " directory that can map them, such as ext4, xfs or btrfs; or keep the same ids,"
          + " userNamespace()";
    }
    if (refused.call().startsWith("limit ") && refused.is(Errno.EPERM)) {
      return refused.getMessage()
          + ": it is above this process's own hard limit, which only CAP_SYS_RESOURCE may exceed;"
          + " ask for less, or raise that of the Java process (see ulimit -H, and Limit"
          + refused.call().substring("limit ".length())
          + "= of a systemd unit)";
    }
    return String.valueOf(refused.getMessage());
  }
}
