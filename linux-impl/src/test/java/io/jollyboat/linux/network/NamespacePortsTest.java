package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // listeners that only have to be there, or are closed early
final class NamespacePortsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private TestNamespace container;

  @BeforeEach
  void start() throws Exception {
    container = TestNamespace.start();
    container.run("ip", "link", "set", "lo", "up");
  }

  @AfterEach
  void stop() {
    container.close();
  }

  @Test
  void accepts_listenerInsideOnly_isSeen() throws Exception {
    try (ServerSocketChannel server = container.listen(TestNamespace.loopback(0));
        NamespacePorts ports =
            NamespacePorts.of(container.pid(), Optional.empty(), Optional.empty())) {
      int port = server.socket().getLocalPort();
      assertTrue(ports.accepts(port));
      server.close();
      assertFalse(ports.accepts(port));
    }
  }

  @Test
  void accepts_listenerOnIpv6Loopback_isSeen() throws Exception {
    try (ServerSocketChannel server = container.listen(TestNamespace.loopback6(0));
        NamespacePorts ports =
            NamespacePorts.of(container.pid(), Optional.empty(), Optional.empty())) {
      assertTrue(ports.accepts(server.socket().getLocalPort()));
    }
  }

  @Test
  void accepts_listenerOnHost_isNotSeen() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(TestNamespace.loopback(0));
        NamespacePorts ports =
            NamespacePorts.of(container.pid(), Optional.empty(), Optional.empty())) {
      assertFalse(ports.accepts(server.socket().getLocalPort()));
    }
  }

  @Test
  void httpStatus_answer_isItsStatus() throws Exception {
    try (ServerSocketChannel server = answering("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        NamespacePorts ports =
            NamespacePorts.of(container.pid(), Optional.empty(), Optional.empty())) {
      int port = server.socket().getLocalPort();

      assertEquals(OptionalInt.of(503), ports.httpStatus(port, "/health?a=b", SECOND));
    }
  }

  @Test
  void httpStatus_otherProtocol_isNothing() throws Exception {
    try (ServerSocketChannel server = answering("220 mail.example.org\r\n");
        NamespacePorts ports =
            NamespacePorts.of(container.pid(), Optional.empty(), Optional.empty())) {
      int port = server.socket().getLocalPort();

      assertEquals(OptionalInt.empty(), ports.httpStatus(port, "/", SECOND));
    }
  }

  @Test
  void httpStatus_silence_endsInTime() throws Exception {
    try (ServerSocketChannel server = container.listen(TestNamespace.loopback(0));
        NamespacePorts ports =
            NamespacePorts.of(container.pid(), Optional.empty(), Optional.empty())) {
      int port = server.socket().getLocalPort();
      long start = System.nanoTime();

      assertEquals(OptionalInt.empty(), ports.httpStatus(port, "/", Duration.ofMillis(200)));
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos());
    }
  }

  @Test
  void httpStatus_pathThatAddsAHeader_isRefused() {
    try (NamespacePorts ports =
        NamespacePorts.of(container.pid(), Optional.empty(), Optional.empty())) {
      assertThrows(
          IllegalArgumentException.class,
          () -> ports.httpStatus(80, "/ HTTP/1.1\r\nX: y", SECOND).isPresent());
    }
  }

  private ServerSocketChannel answering(String answer) throws IOException {
    ServerSocketChannel server = container.listen(TestNamespace.loopback(0));
    Thread thread =
        new Thread(
            () -> {
              try (Socket peer = server.accept().socket()) {
                assertTrue(peer.getInputStream().read(new byte[4096]) > 0);
                peer.getOutputStream().write(answer.getBytes(UTF_8));
              } catch (IOException e) {
                // The test is over.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return server;
  }
}
