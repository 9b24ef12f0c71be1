package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.NetworkMode;
import io.jollyboat.Wait;
import io.jollyboat.test.Http;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a container reaches, and who reaches it. */
@IntegrationTest
class NetworkIT {
  private static final int PORT = 8080;
  private static final String SERVER =
      "mkdir /www; echo 'a page' > /www/index.html; exec httpd -f -p ";

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @Test
  void none_hasALoopbackOnly() {
    try (Engine engine = store.open()) {
      String links = Result.sh(engine, spec(NetworkMode.NONE), "ip -o link");
      assertEquals(1, links.lines().count(), links);
      assertTrue(links.contains("LOOPBACK,UP"), links);
    }
  }

  @Test
  void host_isTheNetworkOfThisMachine() throws IOException {
    String own = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
    try (Engine engine = store.open()) {
      assertEquals(
          own, Result.sh(engine, spec(NetworkMode.HOST), "readlink /proc/self/ns/net").strip());
    }
  }

  @Test
  void bridge_hasAnAddressARouteAndTheNamesOfThisMachine() throws IOException {
    try (Engine engine = store.open()) {
      String own =
          Result.sh(
              engine,
              spec(NetworkMode.BRIDGE),
              "ip -4 -o addr show eth0; ip route; cat /etc/resolv.conf /etc/hosts; hostname");
      assertTrue(own.matches("(?s).*inet \\d+\\.\\d+\\.\\d+\\.\\d+/\\d+.*default via .*"), own);
      String hostname = own.lines().reduce("", (first, second) -> second);
      assertTrue(
          own.lines().anyMatch(line -> line.matches("\\d+\\S*\\s+.*" + hostname + ".*")), own);
      Optional<String> server =
          Files.readAllLines(Path.of("/etc/resolv.conf")).stream()
              .filter(line -> line.startsWith("nameserver") && !line.contains(" 127."))
              .findFirst();
      assertTrue(server.map(own::contains).orElse(true), own);
    }
  }

  @Test
  void bridge_reachesOtherAddressesOfThisMachine() throws IOException {
    InetAddress outside = outsideAddress();
    try (ServerSocket server = new ServerSocket(0, 5, outside);
        Engine engine = store.open()) {
      CompletableFuture<Void> greeting = CompletableFuture.runAsync(() -> greet(server));
      String script = "nc -w 5 " + outside.getHostAddress() + " " + server.getLocalPort();
      assertEquals("hello\n", Result.sh(engine, spec(NetworkMode.BRIDGE), script + " < /dev/null"));
      greeting.join();
    }
  }

  @Test
  void publishedPort_isReachedFromThisMachine() {
    try (Engine engine = store.open();
        Container web = engine.run(server(String.valueOf(PORT)).publish(PORT))) {
      InetSocketAddress address = web.address(PORT);
      assertTrue(address.getAddress().isLoopbackAddress(), address.toString());
      assertNotEquals(0, address.getPort());
      assertTrue(Http.get(address, "/index.html").endsWith("a page\n"));
      assertThrows(IllegalArgumentException.class, () -> web.address(1));
    }
  }

  @Test
  void publishedPort_ofAServiceOnTheContainersLoopback_isReachedToo() {
    try (Engine engine = store.open();
        Container web = engine.run(server("127.0.0.1:" + PORT).publish(PORT))) {
      assertTrue(Http.get(web.address(PORT), "/index.html").endsWith("a page\n"));
    }
  }

  @Test
  void publishedPort_withoutANetwork_isReachedToo() {
    try (Engine engine = store.open();
        Container web =
            engine.run(server("127.0.0.1:" + PORT).network(NetworkMode.NONE).publish(PORT))) {
      assertTrue(Http.get(web.address(PORT), "/index.html").endsWith("a page\n"));
    }
  }

  @Test
  void publishedPort_named_isThatOne() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    try (Engine engine = store.open();
        Container web = engine.run(server(String.valueOf(PORT)).publish(free, PORT))) {
      assertEquals(free, web.address(PORT).getPort());
    }
  }

  @Test
  void publishedPort_inUse_isAConflictThatNamesIt() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Engine engine = store.open()) {
      int port = taken.getLocalPort();
      ConflictException error =
          assertThrows(
              ConflictException.class,
              () -> engine.run(server(String.valueOf(PORT)).publish(port, PORT)).close());
      Failure.says(error, String.valueOf(port));
      assertTrue(engine.containers().list().isEmpty());
    }
  }

  @Test
  void publishedPort_ofAContainerThatHasEnded_isFree() throws Exception {
    try (Engine engine = store.open();
        Container web = engine.run(server(String.valueOf(PORT)).publish(PORT))) {
      InetSocketAddress address = web.address(PORT);
      assertTrue(web.running());
      web.stop();
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!isFree(address)) {
        assertTrue(System.nanoTime() < end, () -> address + " is taken");
        Thread.sleep(20);
      }
      web.start();
      assertTrue(Http.get(web.address(PORT), "/index.html").endsWith("a page\n"));
    }
  }

  private static boolean isFree(InetSocketAddress address) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      return true;
    } catch (BindException e) {
      return false;
    }
  }

  @Test
  void bridge_twoContainers_haveAddressesOfTheirOwn() {
    try (Engine engine = store.open();
        Container one = engine.run(spec(NetworkMode.BRIDGE).command("sleep", "60"));
        Container other = engine.run(spec(NetworkMode.BRIDGE).command("sleep", "60"))) {
      String address = "ip -4 -o addr show eth0";
      assertNotEquals(one.exec("sh", "-c", address).out(), other.exec("sh", "-c", address).out());
    }
  }

  @Test
  void links_ofThisMachine_afterAContainer_areThoseOfBefore() throws IOException {
    try (Engine engine = store.open()) {
      String before = Files.readString(Path.of("/proc/self/net/dev")).replaceAll("(?m):.*$", "");
      Result.sh(engine, spec(NetworkMode.BRIDGE), "true");
      String after = Files.readString(Path.of("/proc/self/net/dev")).replaceAll("(?m):.*$", "");
      assertFalse(
          after
              .lines()
              .filter(line -> !before.contains(line))
              .anyMatch(line -> line.contains("veth")),
          after);
    }
  }

  private static ContainerSpec spec(NetworkMode mode) {
    return ContainerSpec.of(TestImages.BUSYBOX).network(mode);
  }

  private static ContainerSpec server(String listen) {
    return spec(NetworkMode.BRIDGE)
        .command("sh", "-c", SERVER + listen + " -h /www")
        .readyWhen(Wait.forPort(PORT));
  }

  private static void greet(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetAddress outsideAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .filter(link -> !link.getName().startsWith("j"))
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst()
        .orElseThrow();
  }
}
