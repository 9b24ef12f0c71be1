package io.jollyboat.runtime;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.PollCalls;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Hooks of the runtime's own namespaces (config.md, POSIX-platform Hooks). */
final class HookRuns {
  private static final int CLOSE_ON_EXEC = 1;
  private static final int MOST_OUTPUT = 4096;
  private static final int SIGKILL = 9;
  private static final int SLICE_MILLIS = 1000;

  private HookRuns() {}

  /**
   * Runs hooks one after the other, in the bundle, each with the state on its standard input.
   *
   * @throws RuntimeFailure naming the first that fails
   */
  static void run(
      String kind, List<HookConfig> hooks, ContainerState state, ContainerState.Status status) {
    for (HookConfig hook : hooks) {
      run(kind + " hook " + hook.path(), hook, state, status);
    }
  }

  /** As {@link #run}, but a hook that fails is a warning, and the next one follows. */
  static void runAll(
      String kind,
      List<HookConfig> hooks,
      ContainerState state,
      ContainerState.Status status,
      RuntimeLog log) {
    for (HookConfig hook : hooks) {
      try {
        run(kind, List.of(hook), state, status);
      } catch (RuntimeFailure e) {
        log.warn(String.valueOf(e.getMessage()));
      }
    }
  }

  private static void run(
      String name, HookConfig hook, ContainerState state, ContainerState.Status status) {
    try (Fd input = FileCalls.memfd("state", CLOSE_ON_EXEC);
        Fd output = FileCalls.memfd("output", CLOSE_ON_EXEC);
        Fd start = written(input, Json.write(state.toDocument(status)))) {
      int pid =
          ProcessCalls.spawn(
              hook.path(),
              hook.arguments(),
              hook.environment(),
              List.of(start, output, output),
              Optional.of(state.bundle()).filter(Files::isDirectory));
      int ended = await(pid, hook.seconds(), name);
      if (ended != 0) {
        int code = (ended & 0x7f) != 0 ? 128 + (ended & 0x7f) : ended >> 8 & 0xff;
        throw new RuntimeFailure(name + ": exit status " + code + ": " + printed(output));
      }
    } catch (KernelException e) {
      throw new RuntimeFailure(name + ": " + e.getMessage(), e);
    }
  }

  /** Opened once more, for reading from the start. */
  private static Fd written(Fd memory, String text) {
    FileCalls.writeFully(memory, text.getBytes(StandardCharsets.UTF_8));
    return FileCalls.open(memory.path(), 0, 0);
  }

  private static int await(int pid, int seconds, String name) {
    try (Fd process = ProcessCalls.openPid(pid)) {
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      while (!PollCalls.readable(process, SLICE_MILLIS)) {
        if (seconds > 0 && System.nanoTime() - end > 0) {
          ProcessCalls.signal(process, SIGKILL);
          ProcessCalls.reap(pid);
          throw new RuntimeFailure(name + ": not done after " + seconds + " seconds");
        }
      }
      return ProcessCalls.reap(pid);
    }
  }

  private static String printed(Fd output) {
    byte[] buffer = new byte[MOST_OUTPUT];
    int length = FileCalls.pread(output, buffer, 0);
    return new String(buffer, 0, length, StandardCharsets.UTF_8).strip();
  }
}
