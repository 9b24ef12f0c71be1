package io.jollyboat.registry.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** One HTTP/1.1 response with a body of known length. Not safe for use by several threads. */
final class HttpResponse implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  private final int status;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private InputStream body = InputStream.nullInputStream();
  private long length;

  private HttpResponse(int status) {
    this.status = status;
    header("Docker-Distribution-API-Version", "registry/2.0");
  }

  static HttpResponse of(int status) {
    return new HttpResponse(status);
  }

  static HttpResponse json(int status, String json) {
    return of(status)
        .header("Content-Type", "application/json")
        .body(json.getBytes(StandardCharsets.UTF_8));
  }

  /** With one error, as the distribution-spec has it. */
  static HttpResponse error(int status, String code, String message) {
    return of(status).header("Content-Type", "application/json").body(errorText(code, message));
  }

  static byte[] errorText(String code, String message) {
    String safe = message.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ");
    return ("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + safe + "\"}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  HttpResponse header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  HttpResponse body(byte[] content) {
    return body(new ByteArrayInputStream(content), content.length);
  }

  HttpResponse body(InputStream content, long size) {
    body = content;
    length = size;
    return this;
  }

  int status() {
    return status;
  }

  /**
   * Writes head and body, spoiled by a fault.
   *
   * @return whether the connection can be used again
   */
  boolean write(OutputStream out, boolean head, Fault fault) throws IOException {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " " + reason() + "\r\n");
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    if (fault.isEndless()) {
      text.append("Connection: close\r\n");
    } else if (status != 204 && !headers.containsKey("Content-Length")) {
      text.append("Content-Length: ").append(length).append("\r\n");
    }
    out.write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    boolean whole = head || writeBody(out, fault);
    out.flush();
    return whole;
  }

  private boolean writeBody(OutputStream out, Fault fault) throws IOException {
    long limit = Math.min(length, fault.truncateAt());
    byte[] buffer = new byte[BUFFER];
    for (long done = 0; done < limit; ) {
      long most = Math.max(1, Math.min(buffer.length, fault.bytesPerSecond() / 10));
      int count = body.read(buffer, 0, (int) Math.min(most, limit - done));
      if (count < 0) {
        return false;
      }
      if (fault.corrupts() && done + count == length) {
        buffer[count - 1] ^= 1;
      }
      if (fault.bytesPerSecond() < Long.MAX_VALUE) {
        out.flush();
        pause(count * 1000L / fault.bytesPerSecond());
      }
      out.write(buffer, 0, count);
      done += count;
    }
    if (fault.isEndless()) {
      writeWithoutEnd(out);
    }
    return limit == length;
  }

  /** Until the client has had enough. */
  private static void writeWithoutEnd(OutputStream out) throws IOException {
    byte[] zeros = new byte[BUFFER];
    while (true) {
      out.write(zeros);
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing slowly");
    }
  }

  private String reason() {
    return status < 300 ? "OK" : status < 400 ? "See There" : "Error";
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
