package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.syscall.KernelException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The program. */
public final class Main {
  private Main() {}

  /** Runs one command and ends with its exit status. */
  public static void main(String[] words) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    int status = run(List.of(words), out);
    out.flush();
    // Nothing is left to be tidied up: the fastest way out.
    Runtime.getRuntime().halt(status);
  }

  private static int run(List<String> words, PrintStream out) {
    try {
      Flags global = Program.global(words);
      try {
        return new Program(words, global, System.in, out).run();
      } catch (RuntimeFailure | KernelException | CgroupException e) {
        return fail(String.valueOf(e.getMessage()), Program.log(global));
      } catch (RuntimeException | LinkageError e) {
        return fail(e.toString(), Program.log(global));
      }
    } catch (RuntimeFailure e) {
      System.err.println("jollyboat-runtime: " + e.getMessage());
      return 1;
    }
  }

  private static int fail(String message, RuntimeLog log) {
    System.err.println("jollyboat-runtime: " + message);
    log.error(message);
    return 1;
  }
}
