package io.jollyboat.registry.server;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One HTTP/1.1 request; header names are in lower case. */
record HttpRequest(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    InputStream body) {
  private static final int MAX_HEAD = 64 * 1024;

  /** Reads the head; empty when the client has closed the connection. */
  static Optional<HttpRequest> read(InputStream in) throws IOException {
    List<String> lines = readHead(in);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    String[] words = lines.get(0).split(" ");
    if (words.length != 3) {
      throw new IOException("malformed request line: " + lines.get(0));
    }
    Map<String, String> headers = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
            line.substring(colon + 1).strip());
      }
    }
    int question = words[1].indexOf('?');
    String path = question < 0 ? words[1] : words[1].substring(0, question);
    String query = question < 0 ? "" : words[1].substring(question + 1);
    return Optional.of(
        new HttpRequest(words[0], decode(path), parseForm(query), headers, body(in, headers)));
  }

  private static List<String> readHead(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int total = 0; total < MAX_HEAD; total++) {
      int c = in.read();
      if (c < 0) {
        return List.of();
      }
      if (c != '\n') {
        line.append((char) c);
        continue;
      }
      String text = line.toString().stripTrailing();
      if (text.isEmpty() && !lines.isEmpty()) {
        return lines;
      }
      if (!text.isEmpty()) {
        lines.add(text);
      }
      line.setLength(0);
    }
    throw new IOException("more than " + MAX_HEAD + " bytes of headers");
  }

  private static InputStream body(InputStream in, Map<String, String> headers) {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      return new ChunkedBody(in);
    }
    String length = headers.getOrDefault("content-length", "0");
    return new FixedBody(in, Long.parseLong(length));
  }

  /** Reads {@code name=value&name=value}. */
  static Map<String, List<String>> parseForm(String text) {
    Map<String, List<String>> form = new TreeMap<>();
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.computeIfAbsent(decode(pair.substring(0, equals)), name -> new ArrayList<>())
            .add(decode(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** The first value of a query parameter. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).map(values -> values.get(0));
  }

  /** The same with a body that ends after so many bytes. */
  HttpRequest cutAfter(long bytes) {
    return bytes == Long.MAX_VALUE
        ? this
        : new HttpRequest(method, path, query, headers, new FixedBody(body, bytes));
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** A body of known length; the end of the connection before it is an error. */
  private static final class FixedBody extends InputStream {
    private final InputStream in;
    private long left;

    FixedBody(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = in.read(buffer, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("the client closed the connection within a body");
      }
      left -= count;
      return count;
    }
  }

  /** A body in chunks: RFC 9112, 7.1. */
  private static final class ChunkedBody extends InputStream {
    private final InputStream in;
    private InputStream chunk = InputStream.nullInputStream();
    private boolean first = true;
    private boolean ended;

    ChunkedBody(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      while (!ended) {
        int count = chunk.read(buffer, offset, length);
        if (count >= 0) {
          return count;
        }
        nextChunk();
      }
      return -1;
    }

    private void nextChunk() throws IOException {
      if (!first) {
        readLine();
      }
      first = false;
      int size = Integer.parseInt(readLine().split(";")[0].strip(), 16);
      chunk = new FixedBody(in, size);
      if (size == 0) {
        ended = true;
        skipTrailers();
      }
    }

    private void skipTrailers() throws IOException {
      String trailer = readLine();
      while (!trailer.isEmpty()) {
        trailer = readLine();
      }
    }

    private String readLine() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0 || line.length() > MAX_HEAD) {
          throw new EOFException("the client closed the connection within a chunk");
        }
        line.append((char) c);
      }
      return line.toString().strip();
    }
  }
}
