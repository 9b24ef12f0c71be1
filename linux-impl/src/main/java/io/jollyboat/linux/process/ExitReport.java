package io.jollyboat.linux.process;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * How a process ended.
 *
 * @param code what it gave to exit(2), or 128 and the signal's number
 * @param signal what killed it
 * @param ended when its monitor saw it end
 */
public record ExitReport(int code, OptionalInt signal, Instant ended) {

  private static final long NANOS = 1_000_000_000L;

  /** From a status of wait(2) and nanoseconds since 1970. */
  static ExitReport of(int waitStatus, long endedNanos) {
    Instant ended = Instant.ofEpochSecond(endedNanos / NANOS, endedNanos % NANOS);
    int signal = waitStatus & 0x7f;
    return signal == 0
        ? new ExitReport(waitStatus >> 8 & 0xff, OptionalInt.empty(), ended)
        : new ExitReport(128 + signal, OptionalInt.of(signal), ended);
  }

  /** Of a process whose monitor was killed, which kills the process. */
  static ExitReport killedWithMonitor() {
    return new ExitReport(137, OptionalInt.of(9), Instant.now());
  }
}
