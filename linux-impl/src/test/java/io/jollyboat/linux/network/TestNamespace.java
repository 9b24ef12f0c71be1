package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A process in a network namespace of its own, as a container's init is. */
final class TestNamespace implements AutoCloseable {

  private final Process process;
  private final Pid pid;

  private TestNamespace(Process process) {
    this.process = process;
    this.pid = new Pid((int) process.pid(), ProcessCalls.openPid((int) process.pid()));
  }

  static TestNamespace start() throws Exception {
    requireRoot();
    Process process = new ProcessBuilder("unshare", "--net", "sleep", "600").start();
    Path own = Path.of("/proc/self/ns/net");
    Path other = Path.of("/proc/" + process.pid() + "/ns/net");
    long end = System.nanoTime() + 10_000_000_000L;
    while (Files.readSymbolicLink(other).equals(Files.readSymbolicLink(own))) {
      assertTrue(System.nanoTime() < end, "unshare did not make a namespace");
      Thread.sleep(2);
    }
    return new TestNamespace(process);
  }

  /** Root is a condition of the test: without it the test is skipped, or fails where CI says so. */
  static void requireRoot() throws IOException {
    boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    if (!root && Boolean.getBoolean("require.root")) {
      throw new AssertionError("this test needs root");
    }
    Assumptions.assumeTrue(root, "needs root");
  }

  Pid pid() {
    return pid;
  }

  /** Runs words in the namespace and returns what they print. */
  String run(String... words) throws Exception {
    String[] enter = {"nsenter", "-t", Integer.toString(pid().number()), "-n"};
    String[] all = Arrays.copyOf(enter, enter.length + words.length);
    System.arraycopy(words, 0, all, enter.length, words.length);
    return host(all);
  }

  static String host(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor() == 0, List.of(words) + ": " + output);
    return output;
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(Ipv4Network.inet(0x7f000001), port);
  }

  static InetSocketAddress loopback6(int port) throws IOException {
    byte[] address = new byte[16];
    address[15] = 1;
    return new InetSocketAddress(InetAddress.getByAddress(address), port);
  }

  SocketChannel connect(InetSocketAddress address) throws IOException {
    return inside(
        () -> {
          SocketChannel channel = SocketChannel.open();
          try {
            channel.socket().connect(address, 2000);
            return channel;
          } catch (IOException e) {
            channel.close();
            throw e;
          }
        });
  }

  ServerSocketChannel listen(InetSocketAddress address) throws IOException {
    return inside(() -> ServerSocketChannel.open().bind(address, 2000));
  }

  <T> T inside(NetworkNamespace.Opening<T> opening) throws IOException {
    try (NetworkNamespace namespace = NetworkNamespace.of(pid())) {
      return namespace.open(opening);
    }
  }

  /** Answers every connection with the address it comes from, then closes it. */
  static Thread answerWithPeer(ServerSocketChannel server) {
    Thread thread =
        new Thread(
            () -> {
              while (server.isOpen()) {
                try (SocketChannel peer = server.accept()) {
                  String text = ((InetSocketAddress) peer.getRemoteAddress()).getHostString();
                  peer.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
                } catch (IOException e) {
                  return;
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  static String readAll(SocketChannel channel) {
    try (channel) {
      InputStream in = channel.socket().getInputStream();
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    pid.descriptor().close();
  }
}
