package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.userns.UserNamespace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
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
  private final Optional<UserNamespace> users;

  private NamespacePorts(
      NetworkNamespace namespace, List<InetAddress> addresses, Optional<UserNamespace> users) {
    this.namespace = namespace;
    this.addresses = List.copyOf(addresses);
    this.users = users;
  }

  /**
   * The ports of the container whose first process is {@code init}.
   *
   * @param address the container's own address, if it has one
   * @param users the user namespace that the container lives in, for all but root
   * @throws io.jollyboat.linux.syscall.KernelException if the process is gone
   */
  public static NamespacePorts of(
      Pid init, Optional<Inet4Address> address, Optional<UserNamespace> users) {
    List<InetAddress> addresses = new ArrayList<>();
    addresses.add(Ipv4Network.inet(0x7f000001));
    address.ifPresent(addresses::add);
    addresses.add(loopback6());
    return new NamespacePorts(NetworkNamespace.of(init), addresses, users);
  }

  /** Whether somebody takes connections on {@code port}. */
  public boolean accepts(int port) {
    Optional<PortConnection> connection = connect(port);
    connection.ifPresent(NamespacePorts::close);
    return connection.isPresent();
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
    Optional<PortConnection> connection = connect(port);
    if (connection.isEmpty()) {
      return OptionalInt.empty();
    }
    try (PortConnection made = connection.get()) {
      String request =
          "GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n";
      made.send(request.getBytes(ISO_8859_1));
      return status(firstLine(made, System.nanoTime() + timeout.toNanos()));
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  @Override
  public void close() {
    namespace.close();
  }

  private Optional<PortConnection> connect(int port) {
    if (users.isPresent()) {
      return first(port, at -> PortConnection.inside(users.get(), namespace, at, CONNECT_MILLIS));
    }
    try {
      return namespace.open(() -> first(port, at -> PortConnection.of(at, CONNECT_MILLIS)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private interface Connecting {
    PortConnection to(InetSocketAddress address) throws IOException;
  }

  private Optional<PortConnection> first(int port, Connecting connecting) {
    return addresses.stream()
        .flatMap(address -> attempt(new InetSocketAddress(address, port), connecting).stream())
        .findFirst();
  }

  private static Optional<PortConnection> attempt(InetSocketAddress to, Connecting connecting) {
    try {
      return Optional.of(connecting.to(to));
    } catch (IOException e) {
      return Optional.empty(); // nothing accepts there
    }
  }

  private static String firstLine(PortConnection connection, long end) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (line.size() < LONGEST_STATUS_LINE) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("no answer in time");
      }
      int next = connection.receive((int) Math.min(left, Integer.MAX_VALUE));
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

  private static void close(PortConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // Only asked whether it opens: nothing was written that could be lost.
      return;
    }
  }
}
