package io.jollyboat.dockerfile;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code EXPOSE port[-port][/protocol] …}: the ports that the image serves. The one instruction
 * whose words are split again after expansion.
 *
 * @param ports at least one before expansion; {@code 80}, {@code 8000-8010/udp}
 */
public record Expose(List<Word> ports, SourceRange range) implements Instruction {

  public Expose {
    ports = List.copyOf(ports);
    if (ports.stream().anyMatch(p -> p.raw().isEmpty() || Blanks.anyIn(p.raw()))) {
      throw new IllegalArgumentException("EXPOSE takes ports without blanks: " + ports);
    }
  }

  public static Expose tcp(int... ports) {
    return new Expose(
        IntStream.of(ports).mapToObj(p -> Word.literal(String.valueOf(p))).toList(),
        SourceRange.NONE);
  }

  /** Each {@code port[-port][/tcp|udp|sctp]}. */
  public static Expose of(String... ports) {
    return new Expose(Stream.of(ports).map(Word::literal).toList(), SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "EXPOSE";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitExpose(this);
  }

  @Override
  public Expose expanded(Lookup variables) {
    return Expansion.of(this, variables, e -> new Expose(e.split(ports), range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Expose that && ports.equals(that.ports);
  }

  @Override
  public int hashCode() {
    return ports.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(
        keyword(), ports.stream().map(Word::raw).collect(Collectors.joining(" ")));
  }
}
