package io.jollyboat.engine;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.nio.channels.ClosedByInterruptException;

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

  static String explain(ProcessPlan plan, KernelException refused) {
    String program = plan.arguments().isEmpty() ? "" : plan.arguments().get(0);
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
          + " is no program for this machine, or a script without #!: "
          + refused.getMessage();
    }
    return String.valueOf(refused.getMessage());
  }
}
