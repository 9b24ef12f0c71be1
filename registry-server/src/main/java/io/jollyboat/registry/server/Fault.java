package io.jollyboat.registry.server;

import java.util.Map;

/** How to spoil the answer to a request. Immutable. */
public final class Fault {
  static final Fault NONE = new Fault(Long.MAX_VALUE, false, false, 0, Map.of());

  private final long truncateAt;
  private final boolean corrupts;
  private final boolean resets;
  private final int status;
  private final Map<String, String> headers;

  private Fault(
      long truncateAt, boolean corrupts, boolean resets, int status, Map<String, String> headers) {
    this.truncateAt = truncateAt;
    this.corrupts = corrupts;
    this.resets = resets;
    this.status = status;
    this.headers = Map.copyOf(headers);
  }

  /** The connection closes after that many bytes of the body. */
  public static Fault truncate(long bytes) {
    return new Fault(bytes, false, false, 0, Map.of());
  }

  /** One bit of the body's last byte is wrong. */
  public static Fault corrupt() {
    return new Fault(Long.MAX_VALUE, true, false, 0, Map.of());
  }

  /** The connection is reset without an answer. */
  public static Fault reset() {
    return new Fault(Long.MAX_VALUE, false, true, 0, Map.of());
  }

  /** The answer is that status with those headers, whatever was asked. */
  public static Fault respond(int status, Map<String, String> headers) {
    return new Fault(Long.MAX_VALUE, false, false, status, headers);
  }

  /** Too many requests; come back after that many seconds. */
  public static Fault tooManyRequests(int retryAfterSeconds) {
    return respond(429, Map.of("Retry-After", Integer.toString(retryAfterSeconds)));
  }

  long truncateAt() {
    return truncateAt;
  }

  boolean corrupts() {
    return corrupts;
  }

  boolean resets() {
    return resets;
  }

  boolean responds() {
    return status != 0;
  }

  HttpResponse response() {
    HttpResponse response = HttpResponse.error(status, code(), "as a test has asked for");
    headers.forEach(response::header);
    return response;
  }

  private String code() {
    return status == 429 ? "TOOMANYREQUESTS" : "UNKNOWN";
  }
}
