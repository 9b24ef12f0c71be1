package io.jollyboat.linux.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
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

  /**
   * What a monitor has left in its state directory: nothing while it runs, and where it was killed.
   *
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Optional<Kept> kept(Path state) {
    try {
      String[] words = Files.readString(state.resolve("exit")).strip().split(" ");
      long running = Long.parseLong(words[2]);
      return Optional.of(
          new Kept(
              of(Integer.parseInt(words[0]), Long.parseLong(words[1])),
              Instant.ofEpochSecond(running / NANOS, running % NANOS)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read how the process of " + state + " ended", e);
    }
  }

  /** How a process ended that nobody watched, and when it began to run its program. */
  public record Kept(ExitReport exit, Instant running) {}

  /** Of a process whose monitor was killed, which kills the process. */
  public static ExitReport killedWithMonitor() {
    return new ExitReport(137, OptionalInt.of(9), Instant.now());
  }
}
