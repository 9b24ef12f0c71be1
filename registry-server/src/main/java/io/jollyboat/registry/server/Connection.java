package io.jollyboat.registry.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One client's requests, one after the other. */
final class Connection {
  private static final int BUFFER = 64 * 1024;

  private final RegistryServer server;
  private final Routes routes;
  private final Socket socket;

  Connection(RegistryServer server, Routes routes, Socket socket) {
    this.server = server;
    this.routes = routes;
    this.socket = socket;
  }

  void run() throws IOException {
    socket.setTcpNoDelay(true);
    InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    boolean open = true;
    while (open) {
      Optional<HttpRequest> request = HttpRequest.read(in);
      open = request.isPresent() && answer(request.get(), in, out);
    }
  }

  private boolean answer(HttpRequest request, InputStream in, OutputStream out) throws IOException {
    String path = request.path() + query(request);
    Fault fault = server.nextFault(request.method() + " " + path);
    if (fault.resets()) {
      log(request, path, 0);
      socket.setSoLinger(true, 0);
      return false;
    }
    if (fault.stalls()) {
      log(request, path, 0);
      request.body().transferTo(OutputStream.nullOutputStream());
      in.transferTo(OutputStream.nullOutputStream());
      return false;
    }
    if (request.header("expect").filter("100-continue"::equalsIgnoreCase).isPresent()) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
    HttpRequest taken = request.cutAfter(fault.uploadEnd());
    try (HttpResponse response = fault.responds() ? fault.response() : routes.answer(taken)) {
      log(request, path, response.status());
      if (fault.uploadEnd() < Long.MAX_VALUE) {
        socket.setSoLinger(true, 0);
        return false;
      }
      request.body().transferTo(OutputStream.nullOutputStream());
      boolean stay = !request.header("connection").filter("close"::equalsIgnoreCase).isPresent();
      return response.write(out, request.isHead(), fault) && stay;
    }
  }

  private void log(HttpRequest request, String path, int status) {
    server.record(new RegistryServer.Request(request.method(), path, request.headers(), status));
  }

  private static String query(HttpRequest request) {
    StringBuilder text = new StringBuilder();
    request.query().forEach((name, values) -> values.forEach(value -> add(text, name, value)));
    return text.toString();
  }

  private static void add(StringBuilder text, String name, String value) {
    text.append(text.length() == 0 ? "?" : "&").append(name).append('=').append(value);
  }
}
