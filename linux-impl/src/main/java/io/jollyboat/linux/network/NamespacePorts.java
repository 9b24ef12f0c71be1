package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.jollyboat.linux.syscall.Pid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the TCP ports of a container from within its network namespace, past whatever publishes
 * them: on 127.0.0.1, then the container's own address, then ::1. Safe for use by several threads.
 */
public final class NamespacePorts implements AutoCloseable {

  private static final int CONNECT_MILLIS = 1000;
  private static final int LONGEST_STATUS_LINE = 8192;
  private static final Pattern STATUS = Pattern.compile("HTTP/\\d(?:\\.\\d)? (\\d{3})(?: .*)?\r?");

  private final NetworkNamespace namespace;
  private final List<InetAddress> addresses;

  private NamespacePorts(NetworkNamespace namespace, List<InetAddress> addresses) {
    this.namespace = namespace;
    this.addresses = List.copyOf(addresses);
  }

  /**
   * The ports of the container whose first process is {@code init}.
   *
   * @param address the container's own address, if it has one
   * @throws io.jollyboat.linux.syscall.KernelException if the process is gone
   */
  public static NamespacePorts of(Pid init, Optional<Inet4Address> address) {
    List<InetAddress> addresses = new ArrayList<>();
    addresses.add(Ipv4Network.inet(0x7f000001));
    address.ifPresent(addresses::add);
    addresses.add(loopback6());
    return new NamespacePorts(NetworkNamespace.of(init), addresses);
  }

  /** Whether somebody takes connections on {@code port}. */
  public boolean accepts(int port) {
    Optional<SocketChannel> channel = connect(port);
    channel.ifPresent(NamespacePorts::close);
    return channel.isPresent();
  }

  /**
   * The status with which the port answers {@code GET path}, or nothing if it does not answer in
   * HTTP within {@code timeout}. Redirections are not followed.
   *
   * @throws IllegalArgumentException if {@code path} does not begin with a slash, or has blanks
   */
  public OptionalInt httpStatus(int port, String path, Duration timeout) {
    if (!path.matches("/[\\x21-\\x7e]*")) {
      throw new IllegalArgumentException("not a path as HTTP has it: " + path);
    }
    Optional<SocketChannel> channel = connect(port);
    if (channel.isEmpty()) {
      return OptionalInt.empty();
    }
    try (Socket socket = channel.get().socket()) {
      String request =
          "GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return status(firstLine(socket, System.nanoTime() + timeout.toNanos()));
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  @Override
  public void close() {
    namespace.close();
  }

  private Optional<SocketChannel> connect(int port) {
    try {
      return namespace.open(
          () ->
              addresses.stream()
                  .map(address -> connect(new InetSocketAddress(address, port)))
                  .flatMap(Optional::stream)
                  .findFirst());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<SocketChannel> connect(InetSocketAddress address) {
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open();
      channel.socket().connect(address, CONNECT_MILLIS);
      return Optional.of(channel);
    } catch (IOException e) {
      if (channel != null) {
        close(channel);
      }
      return Optional.empty();
    }
  }

  private static String firstLine(Socket socket, long end) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    while (line.size() < LONGEST_STATUS_LINE) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("no answer in time");
      }
      socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
      int next = in.read();
      if (next < 0 || next == '\n') {
        break;
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1);
  }

  private static OptionalInt status(String line) {
    Matcher matcher = STATUS.matcher(line);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  private static InetAddress loopback6() {
    byte[] address = new byte[16];
    address[15] = 1;
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new AssertionError("sixteen bytes are an IPv6 address", e);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Only asked whether it opens: nothing was written that could be lost.
      return;
    }
  }
}
