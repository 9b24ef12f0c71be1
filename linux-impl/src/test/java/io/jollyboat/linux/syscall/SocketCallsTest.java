package io.jollyboat.linux.syscall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SocketCallsTest {

  @Test
  void send_bytesAndDescriptor_bothArrive() {
    byte[] hello = "hello".getBytes(UTF_8);
    try (SocketCalls.Pair pair = SocketCalls.pair(SocketCalls.SOCK_STREAM);
        FileCalls.Pipe pipe = FileCalls.pipe()) {
      assertEquals(5, SocketCalls.send(pair.first(), hello, List.of(pipe.writeEnd()), 0));
      byte[] buffer = new byte[100];
      List<Fd> fds = new ArrayList<>();
      assertEquals(5, SocketCalls.receive(pair.second(), buffer, fds, 0));

      assertArrayEquals(hello, Arrays.copyOf(buffer, 5));
      try (Fd passed = fds.get(0)) {
        FileCalls.writeFully(passed, hello);
      }
      assertEquals(5, FileCalls.read(pipe.readEnd(), new byte[10]));
    }
  }

  @Test
  @SuppressWarnings("try") // one end is closed early
  void receive_closedPeer_isEmpty() {
    try (SocketCalls.Pair pair = SocketCalls.pair(SocketCalls.SOCK_STREAM)) {
      pair.first().close();

      List<Fd> fds = new ArrayList<>();

      assertEquals(0, SocketCalls.receive(pair.second(), new byte[100], fds, 0));
      assertTrue(fds.isEmpty());
    }
  }
}
