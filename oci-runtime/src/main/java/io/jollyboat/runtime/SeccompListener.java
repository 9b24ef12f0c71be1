package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.StartSteps;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.SocketCalls;
import io.jollyboat.linux.syscall.UnixSockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The process that is told of system calls (config-linux.md, Seccomp): listens at {@code
 * listenerPath} and gets the filter's descriptor with the container process state.
 */
final class SeccompListener implements AutoCloseable {
  private static final int CLOSE_ON_EXEC = 1;

  private record Open(String metadata, Fd connection, Fd message) {}

  private final Optional<Open> open;

  private SeccompListener(Optional<Open> open) {
    this.open = open;
  }

  /** Connects, where a filter names one. */
  static SeccompListener of(Optional<Fields> seccomp) {
    return new SeccompListener(
        seccomp.flatMap(fields -> fields.text("listenerPath").map(path -> open(fields, path))));
  }

  private static Open open(Fields seccomp, String path) {
    try {
      return new Open(
          seccomp.text("listenerMetadata").orElse(""),
          UnixSockets.connect(Path.of(path), SocketCalls.SOCK_STREAM),
          FileCalls.memfd("listener", CLOSE_ON_EXEC));
    } catch (KernelException e) {
      throw new RuntimeFailure("linux.seccomp.listenerPath: " + e.getMessage(), e);
    }
  }

  void addTo(StartSteps steps) {
    open.ifPresent(known -> steps.listener(known.connection, known.message));
  }

  /** Once the process is known. */
  void write(ContainerState state, int pid, ContainerState.Status status) {
    if (open.isPresent()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("ociVersion", state.version());
      document.put("fds", List.of("seccompFd"));
      document.put("pid", pid);
      document.put("metadata", open.get().metadata);
      document.put("state", state.toDocument(status));
      byte[] bytes = Json.write(document).getBytes(StandardCharsets.UTF_8);
      FileCalls.writeFully(open.get().message, bytes);
    }
  }

  @Override
  public void close() {
    open.ifPresent(
        known -> {
          known.connection.close();
          known.message.close();
        });
  }
}
