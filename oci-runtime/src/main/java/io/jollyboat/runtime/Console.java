package io.jollyboat.runtime;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.SocketCalls;
import io.jollyboat.linux.syscall.UnixSockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The caller's end of {@code --console-socket}. */
final class Console {
  /** What callers expect to read beside the descriptor: a name for it. */
  private static final byte[] NAME = "/dev/ptmx".getBytes(StandardCharsets.US_ASCII);

  private Console() {}

  /** Hands the terminal's other side to who listens at {@code socket}. */
  static void send(Fd terminal, Path socket) {
    try (Fd connection = UnixSockets.connect(socket, SocketCalls.SOCK_STREAM)) {
      if (SocketCalls.send(connection, NAME, List.of(terminal), 0) != NAME.length) {
        throw new RuntimeFailure("--console-socket " + socket + ": took only a part");
      }
    } catch (KernelException e) {
      throw new RuntimeFailure("--console-socket " + socket + ": " + e.getMessage(), e);
    }
  }
}
