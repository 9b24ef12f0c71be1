package io.jollyboat.runtime;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.SocketCalls;
import io.jollyboat.linux.syscall.TerminalCalls;
import io.jollyboat.linux.syscall.UnixSockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The caller's end of {@code --console-socket}. */
final class Console {
  /** What callers expect to read beside the descriptor: a name for it. */
  private static final byte[] NAME = "/dev/ptmx".getBytes(StandardCharsets.US_ASCII);

  private Console() {}

  /** Of a process whose other side nobody asks for: that of this process's own terminal. */
  static ProcessConfig.ConsoleSize size(ProcessConfig process, Optional<Path> socket) {
    if (socket.isEmpty()) {
      for (int number = 0; number <= 2; number++) {
        Optional<TerminalCalls.Size> size = TerminalCalls.size(new Fd(number));
        if (size.isPresent()) {
          return new ProcessConfig.ConsoleSize(size.get().rows(), size.get().columns());
        }
      }
    }
    return process.consoleSize();
  }

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
