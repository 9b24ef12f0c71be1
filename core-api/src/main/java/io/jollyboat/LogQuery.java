package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Which part of a container's output is wanted, and in what form. A value. */
@CheckReturnValue
public final class LogQuery {
  private final Options options;

  private LogQuery(Options options) {
    this.options = options;
  }

  /** All that is kept of both streams now, as it was written. */
  public static LogQuery all() {
    return new LogQuery(new Options());
  }

  /** What comes later too, up to the end of the container. */
  public LogQuery follow() {
    return with(changed -> changed.follow = true);
  }

  /** What was written at this time or after. */
  public LogQuery since(Instant time) {
    return with(changed -> changed.since = Optional.of(time));
  }

  /** What was written before this time; a stream that follows ends then. */
  public LogQuery until(Instant time) {
    return with(changed -> changed.until = Optional.of(time));
  }

  /** The last lines of what is there now, and what follows. */
  public LogQuery tail(int lines) {
    if (lines < 0) {
      throw new IllegalArgumentException("a number of lines is at least 0, not " + lines);
    }
    return with(changed -> changed.tail = OptionalInt.of(lines));
  }

  /** Every line begins with the time at which it was written, as RFC 3339 has it, and a blank. */
  public LogQuery timestamps() {
    return with(changed -> changed.timestamps = true);
  }

  /** Without what was written as errors. */
  public LogQuery stdoutOnly() {
    return with(changed -> changed.streams = Streams.STDOUT);
  }

  /** Only what was written as errors. */
  public LogQuery stderrOnly() {
    return with(changed -> changed.streams = Streams.STDERR);
  }

  /** Whether {@link #follow()} was asked for. */
  public boolean follows() {
    return options.follow;
  }

  public Optional<Instant> since() {
    return options.since;
  }

  public Optional<Instant> until() {
    return options.until;
  }

  public OptionalInt tail() {
    return options.tail;
  }

  /** Whether {@link #timestamps()} was asked for. */
  public boolean hasTimestamps() {
    return options.timestamps;
  }

  public Streams streams() {
    return options.streams;
  }

  private LogQuery with(Consumer<Options> change) {
    Options copy = options.copy();
    change.accept(copy);
    return new LogQuery(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogQuery that && options.values().equals(that.options.values());
  }

  @Override
  public int hashCode() {
    return options.values().hashCode();
  }

  /** Which of a container's two streams. */
  public enum Streams {
    BOTH,
    STDOUT,
    STDERR
  }

  private static final class Options extends CopiedOptions<Options> {
    boolean follow;
    Optional<Instant> since = Optional.empty();
    Optional<Instant> until = Optional.empty();
    OptionalInt tail = OptionalInt.empty();
    boolean timestamps;
    Streams streams = Streams.BOTH;

    List<Object> values() {
      return List.of(follow, since, until, tail, timestamps, streams);
    }
  }
}
