package io.jollyboat.registry.server;

import java.util.Map;

/** How to spoil the answer to a request. Immutable. */
public final class Fault {
  static final Fault NONE = new Fault(Kind.NONE, Long.MAX_VALUE, 0, Map.of());

  private enum Kind {
    NONE,
    TRUNCATE,
    CORRUPT,
    RESET,
    STALL,
    RESPOND
  }

  private final Kind kind;
  private final long truncateAt;
  private final int status;
  private final Map<String, String> headers;

  private Fault(Kind kind, long truncateAt, int status, Map<String, String> headers) {
    this.kind = kind;
    this.truncateAt = truncateAt;
    this.status = status;
    this.headers = Map.copyOf(headers);
  }

  /** The connection closes after that many bytes of the body. */
  public static Fault truncate(long bytes) {
    return new Fault(Kind.TRUNCATE, bytes, 0, Map.of());
  }

  /** One bit of the body's last byte is wrong. */
  public static Fault corrupt() {
    return new Fault(Kind.CORRUPT, Long.MAX_VALUE, 0, Map.of());
  }

  /** The connection is reset without an answer. */
  public static Fault reset() {
    return new Fault(Kind.RESET, Long.MAX_VALUE, 0, Map.of());
  }

  /** Nothing comes, and the connection stays open. */
  public static Fault stall() {
    return new Fault(Kind.STALL, Long.MAX_VALUE, 0, Map.of());
  }

  /** The answer is that status with those headers, whatever was asked. */
  public static Fault respond(int status, Map<String, String> headers) {
    return new Fault(Kind.RESPOND, Long.MAX_VALUE, status, headers);
  }

  /** Too many requests; come back after that many seconds. */
  public static Fault tooManyRequests(int retryAfterSeconds) {
    return respond(429, Map.of("Retry-After", Integer.toString(retryAfterSeconds)));
  }

  long truncateAt() {
    return truncateAt;
  }

  boolean corrupts() {
    return kind == Kind.CORRUPT;
  }

  boolean resets() {
    return kind == Kind.RESET;
  }

  boolean stalls() {
    return kind == Kind.STALL;
  }

  boolean responds() {
    return kind == Kind.RESPOND;
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
