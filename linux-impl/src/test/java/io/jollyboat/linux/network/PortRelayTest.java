package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@SuppressWarnings("try") // resources that only have to be there
final class PortRelayTest {

  private static final int PORT = 7000;

  private LauncherBinary launcher;
  private TestNamespace container;
  private ExecutorService threads;

  @BeforeEach
  void start(@TempDir Path copies) throws Exception {
    container = TestNamespace.start();
    container.run("ip", "link", "set", "lo", "up");
    launcher = LauncherBinary.load(copies);
    threads = Executors.newCachedThreadPool();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    launcher.close();
    container.close();
  }

  @Test
  void relay_serviceOnTheContainersLoopback_isReached() throws Exception {
    try (ServerSocketChannel server = echo(loopback(PORT));
        Relay relay = relay(Optional.empty());
        Socket client = relay.connect()) {
      client.getOutputStream().write("hello".getBytes(UTF_8));

      assertEquals("hello", new String(client.getInputStream().readNBytes(5), UTF_8));
    }
  }

  @Test
  void relay_serviceOnTheBridgeAddressOnly_isReached() throws Exception {
    try (BridgeNetwork network = BridgeNetwork.open(BridgeNetworkTest.newId());
        Attachment attachment = network.attach(container.pid(), "web");
        ServerSocketChannel server = echo(new InetSocketAddress(attachment.address(), PORT));
        Relay relay = relay(Optional.of(attachment));
        Socket client = relay.connect()) {
      client.getOutputStream().write("hello".getBytes(UTF_8));

      assertEquals("hello", new String(client.getInputStream().readNBytes(5), UTF_8));
    }
  }

  @Test
  void relay_serviceOnIpv6LoopbackOnly_isReached() throws Exception {
    try (ServerSocketChannel server = echo(TestNamespace.loopback6(PORT));
        Relay relay = relay(Optional.empty());
        Socket client = relay.connect()) {
      client.getOutputStream().write("hello".getBytes(UTF_8));

      assertEquals("hello", new String(client.getInputStream().readNBytes(5), UTF_8));
    }
  }

  @Test
  void relay_nobodyListens_clientIsReset() throws Exception {
    try (Relay relay = relay(Optional.empty());
        Socket client = relay.connect()) {
      assertThrows(SocketException.class, () -> client.getInputStream().readAllBytes());
    }
  }

  @Test
  void relay_clientEndsFirst_answerStillComes() throws Exception {
    byte[] sent = random(5 << 20);
    try (ServerSocketChannel server = container.listen(loopback(PORT));
        Relay relay = relay(Optional.empty());
        Socket client = relay.connect()) {
      Future<Void> service = threads.submit(answersWithDigest(server));
      client.getOutputStream().write(sent);
      client.shutdownOutput();

      assertEquals(digest(sent), new String(client.getInputStream().readAllBytes(), UTF_8));
      service.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void relay_serviceEndsFirst_clientMayGoOn() throws Exception {
    try (ServerSocketChannel server = container.listen(loopback(PORT));
        Relay relay = relay(Optional.empty());
        Socket client = relay.connect();
        SocketChannel service = server.accept()) {
      service.shutdownOutput();
      assertEquals(-1, client.getInputStream().read());
      client.getOutputStream().write("late".getBytes(UTF_8));
      client.shutdownOutput();

      byte[] got = Channels.newInputStream(service).readAllBytes();

      assertEquals("late", new String(got, UTF_8));
    }
  }

  @Test
  void relay_slowReader_getsAllOfIt() throws Exception {
    byte[] sent = random(32 << 20);
    try (ServerSocketChannel server = container.listen(loopback(PORT));
        Relay relay = relay(Optional.empty());
        Socket client = relay.connect();
        Socket service = server.accept().socket()) {
      Future<Void> sending =
          threads.submit(
              () -> {
                service.getOutputStream().write(sent);
                service.shutdownOutput();
                return null;
              });
      Thread.sleep(200);

      assertEquals(digest(sent), digest(client.getInputStream().readAllBytes()));
      sending.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void relay_resetByService_reachesTheClient() throws Exception {
    try (ServerSocketChannel server = container.listen(loopback(PORT));
        Relay relay = relay(Optional.empty());
        Socket client = relay.connect()) {
      try (Socket service = server.accept().socket()) {
        service.setSoLinger(true, 0);
      }
      assertThrows(SocketException.class, () -> client.getInputStream().read());
    }
  }

  @Test
  void relay_thousandConnections_allAnswered() throws Exception {
    List<Socket> clients = new ArrayList<>();
    try (ServerSocketChannel server = echo(loopback(PORT));
        Relay relay = relay(Optional.empty())) {
      for (int i = 0; i < 1000; i++) {
        Socket client = relay.connect();
        clients.add(client);
        client.getOutputStream().write(("request " + i + "\n").getBytes(UTF_8));
      }
      for (int i = 0; i < 1000; i++) {
        String expected = "request " + i + "\n";
        InputStream in = clients.get(i).getInputStream();
        assertEquals(expected, new String(in.readNBytes(expected.length()), UTF_8));
      }
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void relay_manyShortConnections_leaveNothingOpen() throws Exception {
    try (ServerSocketChannel server = echo(loopback(PORT));
        Relay relay = relay(Optional.empty())) {
      List<Callable<Boolean>> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(() -> exchange(relay, 300));
      }
      for (Future<Boolean> client : threads.invokeAll(clients)) {
        assertTrue(client.get());
      }
      Path descriptors = Path.of("/proc/" + relay.relay.pid() + "/fd");
      awaitTrue(() -> descriptors.toFile().list().length < 10);
    }
  }

  @Test
  void relay_process_hasNoPrivileges() throws Exception {
    try (Relay relay = relay(Optional.empty())) {
      Path process = Path.of("/proc/" + relay.relay.pid());
      String status = Files.readString(process.resolve("status"));

      assertTrue(status.contains("CapEff:\t0000000000000000"), status);
      assertTrue(status.contains("CapPrm:\t0000000000000000"), status);
      assertTrue(status.contains("CapBnd:\t0000000000000000"), status);
      assertTrue(status.contains("NoNewPrivs:\t1"), status);
      assertTrue(status.contains("Uid:\t65534\t65534\t65534\t65534"), status);
      assertTrue(status.contains("Groups:\t\n") || status.contains("Groups:\t \n"), status);
      Path inside = Path.of("/proc/" + container.pid().number() + "/ns/net");
      assertEquals(
          Files.readSymbolicLink(inside), Files.readSymbolicLink(process.resolve("ns/net")));
    }
  }

  @Test
  void relay_containerEnds_relayEndsAndPortIsFree() throws Exception {
    try (Relay relay = relay(Optional.empty())) {
      container.close();

      awaitTrue(() -> ProcessCalls.reapIfEnded(relay.relay.pid()).isPresent());

      new ServerSocket(relay.address.getPort(), 1, relay.address.getAddress()).close();
      relay.reaped = true;
    }
  }

  @Test
  void detached_letGo_servesOnAndEndsWithTheContainer() throws Exception {
    PublishedPorts ports = PublishedPorts.listen(List.of(published(0)));
    InetSocketAddress address = ports.ports().get(0).host();
    PortRelay relay =
        PortRelay.startDetached(
            launcher::spawn, ports, container.pid(), Optional.empty(), Optional.empty());
    Path process = Path.of("/proc/" + relay.pid());
    assertFalse(
        ProcessHandle.current().children().anyMatch(child -> child.pid() == relay.pid()),
        "nobody here has to reap it");
    relay.letGo();
    relay.close();
    new Socket(address.getAddress(), address.getPort()).close();
    assertTrue(Files.exists(process));

    container.close();

    awaitTrue(() -> !Files.exists(process));
    new ServerSocket(address.getPort(), 1, address.getAddress()).close();
  }

  @Test
  void detached_closed_isGoneAndFreesThePort() throws Exception {
    PublishedPorts ports = PublishedPorts.listen(List.of(published(0)));
    InetSocketAddress address = ports.ports().get(0).host();
    PortRelay relay =
        PortRelay.startDetached(
            launcher::spawn, ports, container.pid(), Optional.empty(), Optional.empty());

    relay.close();
    relay.close();

    new ServerSocket(address.getPort(), 1, address.getAddress()).close();
  }

  @Test
  void close_twice_endsProcessAndFreesPort() throws Exception {
    Relay relay = relay(Optional.empty());
    relay.relay.close();
    relay.relay.close();

    assertFalse(Files.exists(Path.of("/proc/" + relay.relay.pid())));
    new ServerSocket(relay.address.getPort(), 1, relay.address.getAddress()).close();
  }

  @Test
  void start_endedContainer_throwsAndFreesPort() throws Exception {
    PublishedPorts ports = PublishedPorts.listen(List.of(published(0)));
    container.close();
    InetSocketAddress address = ports.ports().get(0).host();

    KernelException e =
        assertThrows(
            KernelException.class,
            () -> {
              PortRelay.start(
                      launcher::spawn, ports, container.pid(), Optional.empty(), Optional.empty())
                  .close();
            });

    assertTrue(e.is(Errno.ENOENT), e.toString());
    new ServerSocket(address.getPort(), 1, address.getAddress()).close();
  }

  @Test
  void listen_portInUse_namesThePortAndLeavesNothing() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int free = other.getLocalPort();
      other.close();
      List<PublishedPort> wanted = List.of(published(free), published(taken.getLocalPort()));

      PortInUseException e =
          assertThrows(PortInUseException.class, () -> PublishedPorts.listen(wanted).close());

      assertEquals(taken.getLocalPort(), e.address().getPort());
      assertTrue(e.toString().contains("port " + taken.getLocalPort() + " of 127.0.0.1"));
      new ServerSocket(free, 1, InetAddress.getLoopbackAddress()).close();
    }
  }

  @Test
  void listen_bothFamilies_shareAPort() throws Exception {
    try (PublishedPorts first =
        PublishedPorts.listen(
            List.of(new PublishedPort(new InetSocketAddress("0.0.0.0", 0), PORT)))) {
      int port = first.ports().get(0).host().getPort();
      List<PublishedPort> six = List.of(new PublishedPort(new InetSocketAddress("::", port), PORT));
      try (PublishedPorts second = PublishedPorts.listen(six)) {
        assertEquals(port, second.ports().get(0).host().getPort());
      }
    }
  }

  private boolean exchange(Relay relay, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      try (Socket client = relay.connect()) {
        client.getOutputStream().write("hello".getBytes(UTF_8));
        client.shutdownOutput();
        String answer = new String(client.getInputStream().readAllBytes(), UTF_8);
        if (!answer.equals("hello")) {
          return false;
        }
      }
    }
    return true;
  }

  private Relay relay(Optional<Attachment> attachment) {
    PublishedPorts ports = PublishedPorts.listen(List.of(published(0)));
    PortRelay relay =
        PortRelay.start(
            launcher::spawn,
            ports,
            container.pid(),
            attachment.map(Attachment::address),
            Optional.empty());
    return new Relay(relay, ports.ports().get(0).host());
  }

  private static PublishedPort published(int hostPort) {
    return new PublishedPort(loopback(hostPort), PORT);
  }

  private static InetSocketAddress loopback(int port) {
    return TestNamespace.loopback(port);
  }

  private ServerSocketChannel echo(InetSocketAddress address) throws IOException {
    ServerSocketChannel server = container.listen(address);
    threads.execute(
        () -> {
          try {
            while (true) {
              Socket peer = server.accept().socket();
              threads.execute(() -> echo(peer));
            }
          } catch (IOException e) {
            // The test is over.
          }
        });
    return server;
  }

  private static void echo(Socket peer) {
    try (peer) {
      byte[] buffer = new byte[8192];
      int length = peer.getInputStream().read(buffer);
      while (length > 0) {
        peer.getOutputStream().write(buffer, 0, length);
        length = peer.getInputStream().read(buffer);
      }
    } catch (IOException e) {
      // The client's test sees what is missing.
    }
  }

  private static Callable<Void> answersWithDigest(ServerSocketChannel server) {
    return () -> {
      try (Socket peer = server.accept().socket()) {
        byte[] got = peer.getInputStream().readAllBytes();
        peer.getOutputStream().write(digest(got).getBytes(UTF_8));
      }
      return null;
    };
  }

  private static void awaitTrue(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, "did not happen within ten seconds");
      Thread.sleep(5);
    }
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static String digest(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static final class Relay implements AutoCloseable {
    final PortRelay relay;
    final InetSocketAddress address;
    boolean reaped;

    Relay(PortRelay relay, InetSocketAddress address) {
      this.relay = relay;
      this.address = address;
    }

    Socket connect() throws IOException {
      Socket socket = new Socket(address.getAddress(), address.getPort());
      socket.setSoTimeout(10_000);
      return socket;
    }

    @Override
    public void close() {
      if (!reaped) {
        relay.close();
      }
    }
  }
}
