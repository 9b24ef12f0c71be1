package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.StartSteps;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import java.nio.charset.StandardCharsets;

/**
 * What hooks inside the container read and write: the state at two moments, and one place for what
 * they print, in memory; and who else is told the state.
 */
final class HookStreams implements AutoCloseable {
  private static final int CLOSE_ON_EXEC = 1;
  private static final int MOST_OUTPUT = 4096;

  private final Fd creatingState = FileCalls.memfd("state", CLOSE_ON_EXEC);
  private final Fd createdState = FileCalls.memfd("state", CLOSE_ON_EXEC);
  private final Fd output = FileCalls.memfd("output", CLOSE_ON_EXEC);
  private final StartSteps.HookStreams creating = new StartSteps.HookStreams(creatingState, output);
  private final StartSteps.HookStreams created = new StartSteps.HookStreams(createdState, output);

  private final SeccompListener listener;

  HookStreams(SeccompListener listener) {
    this.listener = listener;
  }

  SeccompListener listener() {
    return listener;
  }

  /** Of createContainer hooks. */
  StartSteps.HookStreams creating() {
    return creating;
  }

  /** Of startContainer hooks. */
  StartSteps.HookStreams created() {
    return created;
  }

  /** Once the process is known, and before any hook. */
  void write(ContainerState state) {
    write(creatingState, state, ContainerState.Status.CREATING);
    write(createdState, state, ContainerState.Status.CREATED);
    listener.write(state, state.pid(), ContainerState.Status.CREATED);
  }

  private static void write(Fd to, ContainerState state, ContainerState.Status status) {
    String document = Json.write(state.toDocument(status));
    FileCalls.writeFully(to, document.getBytes(StandardCharsets.UTF_8));
  }

  /** What they have printed so far, the start of it. */
  String printed() {
    byte[] buffer = new byte[MOST_OUTPUT];
    int length = FileCalls.pread(output, buffer, 0);
    return new String(buffer, 0, length, StandardCharsets.UTF_8).strip();
  }

  @Override
  public void close() {
    creatingState.close();
    createdState.close();
    output.close();
    listener.close();
  }
}
