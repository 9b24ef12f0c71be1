package io.jollyboat.registry.server;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** How to spoil the answer to a request. Immutable. */
public final class Fault {
  static final Fault NONE = new Fault(Kind.NONE, Long.MAX_VALUE);

  private enum Kind {
    NONE,
    TRUNCATE,
    CORRUPT,
    ENDLESS,
    SLOW,
    RESET,
    RESET_BODY,
    STALL,
    ANSWER
  }

  private final Kind kind;
  private final long bytes;
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  private Fault(Kind kind, long bytes) {
    this(kind, bytes, 0, Map.of(), new byte[0]);
  }

  private Fault(Kind kind, long bytes, int status, Map<String, String> headers, byte[] body) {
    this.kind = kind;
    this.bytes = bytes;
    this.status = status;
    this.headers = Map.copyOf(headers);
    this.body = body.clone();
  }

  /** The connection closes after that many bytes of the body. */
  public static Fault truncate(long bytes) {
    return new Fault(Kind.TRUNCATE, bytes);
  }

  /** One bit of the body's last byte is wrong. */
  public static Fault corrupt() {
    return new Fault(Kind.CORRUPT, Long.MAX_VALUE);
  }

  /** The body is followed by zeros without end, and its length is not told. */
  public static Fault endless() {
    return new Fault(Kind.ENDLESS, Long.MAX_VALUE);
  }

  /** A refusal whose explanation has no end. */
  public static Fault endlessRefusal(int status) {
    Fault refusal = respond(status, Map.of());
    return new Fault(Kind.ENDLESS, Long.MAX_VALUE, status, refusal.headers, refusal.body);
  }

  /** The body comes at no more than so many bytes a second. */
  public static Fault slow(long bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("at least one byte a second, not " + bytesPerSecond);
    }
    return new Fault(Kind.SLOW, bytesPerSecond);
  }

  /** The connection is reset without an answer; the request has been read as far as its headers. */
  public static Fault reset() {
    return new Fault(Kind.RESET, Long.MAX_VALUE);
  }

  /**
   * The connection is reset after that many bytes of the request's body, which the upload has taken
   * in.
   */
  public static Fault resetAfterUpload(long bytes) {
    return new Fault(Kind.RESET_BODY, bytes);
  }

  /** Nothing comes, and the connection stays open. */
  public static Fault stall() {
    return new Fault(Kind.STALL, Long.MAX_VALUE);
  }

  /** The answer is that status with those headers, whatever was asked. */
  public static Fault respond(int status, Map<String, String> headers) {
    String code = status == 429 ? "TOOMANYREQUESTS" : "UNKNOWN";
    byte[] body =
        status < 400
            ? "{}".getBytes(StandardCharsets.UTF_8)
            : HttpResponse.errorText(code, "as a test has asked for");
    return new Fault(Kind.ANSWER, Long.MAX_VALUE, status, headers, body);
  }

  /** The answer is a document of that media type, whatever was asked. */
  public static Fault document(String mediaType, byte[] content) {
    return new Fault(Kind.ANSWER, Long.MAX_VALUE, 200, Map.of("Content-Type", mediaType), content);
  }

  /** Go and ask there. */
  public static Fault redirect(String location) {
    return respond(307, Map.of("Location", location));
  }

  /** Too many requests; come back after that many seconds. */
  public static Fault tooManyRequests(int retryAfterSeconds) {
    return respond(429, Map.of("Retry-After", Integer.toString(retryAfterSeconds)));
  }

  /** After how many bytes the body ends. */
  long truncateAt() {
    return kind == Kind.TRUNCATE ? bytes : Long.MAX_VALUE;
  }

  long bytesPerSecond() {
    return kind == Kind.SLOW ? bytes : Long.MAX_VALUE;
  }

  /** After how many bytes of a request's body the connection ends. */
  long uploadEnd() {
    return kind == Kind.RESET_BODY ? bytes : Long.MAX_VALUE;
  }

  boolean corrupts() {
    return kind == Kind.CORRUPT;
  }

  boolean isEndless() {
    return kind == Kind.ENDLESS;
  }

  boolean resets() {
    return kind == Kind.RESET;
  }

  boolean stalls() {
    return kind == Kind.STALL;
  }

  boolean responds() {
    return status > 0;
  }

  HttpResponse response() {
    HttpResponse response = HttpResponse.of(status).body(body);
    headers.forEach(response::header);
    return response;
  }
}
