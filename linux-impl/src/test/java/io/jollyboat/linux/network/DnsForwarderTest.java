package io.jollyboat.linux.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@SuppressWarnings("try") // resources that only have to be there
final class DnsForwarderTest {

  private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.11", 53);
  private static final byte[] QUERY = {7, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};

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
  void datagram_resolverOnTheHostsLoopback_answers() throws Exception {
    try (Resolver resolver = Resolver.start();
        DnsForwarder forwarder = forwarder(resolver.address())) {
      assertArrayEquals(Resolver.answer(QUERY), ask(QUERY));
    }
  }

  @Test
  void datagram_firstResolverIsGone_secondAnswers() throws Exception {
    Resolver gone = Resolver.start();
    gone.close();
    try (Resolver resolver = Resolver.start();
        DnsForwarder forwarder = forwarder(gone.address(), resolver.address())) {
      assertArrayEquals(Resolver.answer(QUERY), ask(QUERY));
    }
  }

  @Test
  void datagram_allResolversAreGone_isServerFailure() throws Exception {
    Resolver gone = Resolver.start();
    gone.close();
    try (DnsForwarder forwarder = forwarder(gone.address())) {
      byte[] answer = ask(QUERY);

      assertEquals(2, answer[3] & 0xf);
      assertEquals(0x81, answer[2] & 0xff);
    }
  }

  @Test
  void stream_severalQueries_areAnsweredInOrder() throws Exception {
    try (Resolver resolver = Resolver.start();
        DnsForwarder forwarder = forwarder(resolver.address());
        Socket client = container.connect(HERE).socket()) {
      for (byte i = 0; i < 3; i++) {
        byte[] query = QUERY.clone();
        query[0] = i;
        client.getOutputStream().write(new byte[] {0, (byte) query.length});
        client.getOutputStream().write(query);
        DataInputStream in = new DataInputStream(client.getInputStream());

        assertArrayEquals(Resolver.answer(query), in.readNBytes(in.readUnsignedShort()));
      }
    }
  }

  @Test
  void close_twice_freesTheAddress() throws Exception {
    try (Resolver resolver = Resolver.start()) {
      DnsForwarder first = forwarder(resolver.address());
      assertThrows(BindException.class, () -> forwarder(resolver.address()).close());
      first.close();
      first.close();
      forwarder(resolver.address()).close();
    }
  }

  private DnsForwarder forwarder(InetSocketAddress... resolvers) throws IOException {
    return DnsForwarder.startWithPorts(container.pid(), List.of(resolvers));
  }

  private byte[] ask(byte[] query) throws IOException {
    DatagramChannel channel = container.inside(() -> DatagramChannel.open().connect(HERE));
    try (DatagramSocket socket = channel.socket()) {
      socket.setSoTimeout(8000);
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket answer = new DatagramPacket(new byte[512], 512);
      socket.receive(answer);
      return Arrays.copyOf(answer.getData(), answer.getLength());
    }
  }

  /** A resolver on the host's loopback that answers every query with itself, marked as answer. */
  private static final class Resolver implements AutoCloseable {
    private final ServerSocket streams;
    private final DatagramSocket datagrams;

    private Resolver(ServerSocket streams, DatagramSocket datagrams) {
      this.streams = streams;
      this.datagrams = datagrams;
    }

    static Resolver start() throws IOException {
      ServerSocket streams = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
      Resolver resolver =
          new Resolver(
              streams,
              new DatagramSocket(streams.getLocalPort(), InetAddress.getLoopbackAddress()));
      daemon(resolver::answerDatagrams);
      daemon(resolver::answerStream);
      return resolver;
    }

    InetSocketAddress address() {
      return TestNamespace.loopback(streams.getLocalPort());
    }

    static byte[] answer(byte[] query) {
      byte[] answer = query.clone();
      answer[2] |= (byte) 0x80;
      answer[query.length - 1] = 42;
      return answer;
    }

    @Override
    public void close() throws IOException {
      streams.close();
      datagrams.close();
    }

    private void answerDatagrams() {
      try {
        while (true) {
          DatagramPacket packet = new DatagramPacket(new byte[512], 512);
          datagrams.receive(packet);
          byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
          datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        // Closed.
      }
    }

    private void answerStream() {
      try (Socket peer = streams.accept()) {
        DataInputStream in = new DataInputStream(peer.getInputStream());
        while (true) {
          byte[] answer = answer(in.readNBytes(in.readUnsignedShort()));
          peer.getOutputStream().write(new byte[] {0, (byte) answer.length});
          peer.getOutputStream().write(answer);
        }
      } catch (IOException e) {
        // Closed.
      }
    }

    private static void daemon(Runnable run) {
      Thread thread = new Thread(run);
      thread.setDaemon(true);
      thread.start();
    }
  }
}
