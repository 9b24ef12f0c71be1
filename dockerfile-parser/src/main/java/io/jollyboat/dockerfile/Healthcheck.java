package io.jollyboat.dockerfile;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * {@code HEALTHCHECK [--interval=…] [--timeout=…] [--start-period=…] [--start-interval=…]
 * [--retries=…] CMD command} or {@code HEALTHCHECK NONE}. What is not said is Docker's default.
 *
 * @param test empty: the base image's check is switched off
 * @param interval zero, or at least a millisecond, like all of them
 * @param retries not negative
 */
public record Healthcheck(
    Optional<Command> test,
    Optional<Duration> interval,
    Optional<Duration> timeout,
    Optional<Duration> startPeriod,
    Optional<Duration> startInterval,
    OptionalInt retries,
    SourceRange range)
    implements Instruction {

  public Healthcheck {
    interval.ifPresent(d -> GoDuration.check("interval", d));
    timeout.ifPresent(d -> GoDuration.check("timeout", d));
    startPeriod.ifPresent(d -> GoDuration.check("start-period", d));
    startInterval.ifPresent(d -> GoDuration.check("start-interval", d));
    if (retries.isPresent() && retries.getAsInt() < 0) {
      throw new IllegalArgumentException("--retries cannot be negative");
    }
  }

  public static Healthcheck none() {
    return of(Optional.empty());
  }

  /** One line of text for the shell. */
  public static Healthcheck shell(String text) {
    return of(Optional.of(ShellText.line(text)));
  }

  /** Words that are executed as they are, by no shell. */
  public static Healthcheck exec(String... words) {
    return of(Optional.of(new Command.Exec(List.of(words))));
  }

  private static Healthcheck of(Optional<Command> test) {
    Optional<Duration> unset = Optional.empty();
    return new Healthcheck(test, unset, unset, unset, unset, OptionalInt.empty(), SourceRange.NONE);
  }

  public Healthcheck interval(Duration value) {
    return new Healthcheck(
        test, Optional.of(value), timeout, startPeriod, startInterval, retries, range);
  }

  public Healthcheck timeout(Duration value) {
    return new Healthcheck(
        test, interval, Optional.of(value), startPeriod, startInterval, retries, range);
  }

  public Healthcheck startPeriod(Duration value) {
    return new Healthcheck(
        test, interval, timeout, Optional.of(value), startInterval, retries, range);
  }

  public Healthcheck startInterval(Duration value) {
    return new Healthcheck(
        test, interval, timeout, startPeriod, Optional.of(value), retries, range);
  }

  public Healthcheck retries(int value) {
    return new Healthcheck(
        test, interval, timeout, startPeriod, startInterval, OptionalInt.of(value), range);
  }

  @Override
  public String keyword() {
    return "HEALTHCHECK";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitHealthcheck(this);
  }

  @Override
  public Healthcheck expanded(Lookup variables) {
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Healthcheck that && facts().equals(that.facts());
  }

  @Override
  public int hashCode() {
    return facts().hashCode();
  }

  private List<Object> facts() {
    return List.of(test, interval, timeout, startPeriod, startInterval, retries);
  }

  @Override
  public String toString() {
    return new InstructionText(keyword())
        .flag("interval", interval.map(GoDuration::print))
        .flag("timeout", timeout.map(GoDuration::print))
        .flag("start-period", startPeriod.map(GoDuration::print))
        .flag("start-interval", startInterval.map(GoDuration::print))
        .flag("retries", retries.stream().boxed().toList())
        .with(test.map(command -> "CMD " + command).orElse("NONE"));
  }
}
