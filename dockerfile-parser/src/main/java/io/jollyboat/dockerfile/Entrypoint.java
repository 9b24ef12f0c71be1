package io.jollyboat.dockerfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code ENTRYPOINT ["word", …]} or {@code ENTRYPOINT text} for a shell: what a container runs; its
 * command becomes arguments.
 *
 * @param command an empty list of words takes back what the base image has
 */
public record Entrypoint(Command command, SourceRange range) implements Instruction {

  /**
   * One line of text for the shell.
   *
   * @throws IllegalArgumentException a line cannot say it, or it would be read as a list of words
   */
  public static Entrypoint shell(String text) {
    return new Entrypoint(ShellText.line(text), SourceRange.NONE);
  }

  /** Words that are executed as they are, by no shell. */
  public static Entrypoint exec(String... words) {
    return new Entrypoint(new Command.Exec(List.of(words)), SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "ENTRYPOINT";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitEntrypoint(this);
  }

  @Override
  public Entrypoint expanded(Lookup variables) {
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Entrypoint that && command.equals(that.command);
  }

  @Override
  public int hashCode() {
    return command.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(keyword(), command.toString());
  }
}
