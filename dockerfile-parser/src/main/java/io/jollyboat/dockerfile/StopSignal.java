package io.jollyboat.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * {@code STOPSIGNAL signal}: what {@code stop} sends.
 *
 * @param signal all of the line, blanks included
 */
public record StopSignal(Word signal, SourceRange range) implements Instruction {

  public StopSignal {
    signal = signal.joined();
  }

  /** {@code SIGTERM}, {@code 15}. */
  public static StopSignal of(String signal) {
    return of(Word.literal(signal));
  }

  public static StopSignal of(Word signal) {
    return new StopSignal(signal, SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "STOPSIGNAL";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitStopSignal(this);
  }

  @Override
  public StopSignal expanded(Lookup variables) {
    return Expansion.of(this, variables, e -> new StopSignal(e.word(signal), range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StopSignal that && signal.equals(that.signal);
  }

  @Override
  public int hashCode() {
    return signal.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(keyword(), signal.raw());
  }
}
