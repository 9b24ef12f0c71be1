package io.jollyboat.linux.process;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * How a program ended that ran beside a process, and what it wrote: at most {@link #MOST} bytes of
 * each stream, decoded as UTF-8.
 *
 * @param code as of {@link ExitReport}
 * @param truncated whether it wrote more than is kept
 */
public record ExecOutcome(int code, OptionalInt signal, String out, String err, boolean truncated) {

  /** The most bytes that are kept of a stream. */
  public static final int MOST = 1 << 20;

  static ExecOutcome of(ExitReport exit, Capture out, Capture err) {
    return new ExecOutcome(
        exit.code(),
        exit.signal(),
        new String(out.bytes(), StandardCharsets.UTF_8),
        new String(err.bytes(), StandardCharsets.UTF_8),
        out.isTruncated() || err.isTruncated());
  }
}
