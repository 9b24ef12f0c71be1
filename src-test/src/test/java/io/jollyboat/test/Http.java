package io.jollyboat.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The smallest HTTP client: no pool, no thread, nothing that stays. */
public final class Http {
  private static final int TIMEOUT = 10_000;

  private Http() {}

  /** The whole answer, status line and headers too. */
  public static String get(InetSocketAddress address, String path) {
    try (Socket socket = new Socket()) {
      socket.connect(address, TIMEOUT);
      socket.setSoTimeout(TIMEOUT);
      String request = "GET " + path + " HTTP/1.0\r\nHost: " + address.getHostString() + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("GET " + path + " of " + address, e);
    }
  }
}
