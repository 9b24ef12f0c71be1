package io.jollyboat.dockerfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code CMD ["word", …]} or {@code CMD text} for a shell: what a container runs by default, or the
 * arguments of the entry point.
 *
 * @param command an empty list of words takes back what the base image has
 */
public record Cmd(Command command, SourceRange range) implements Instruction {

  /**
   * One line of text for the shell.
   *
   * @throws IllegalArgumentException a line cannot say it, or it would be read as a list of words
   */
  public static Cmd shell(String text) {
    return new Cmd(ShellText.line(text), SourceRange.NONE);
  }

  /** Words that are executed as they are, by no shell. */
  public static Cmd exec(String... words) {
    return new Cmd(new Command.Exec(List.of(words)), SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "CMD";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitCmd(this);
  }

  @Override
  public Cmd expanded(Lookup variables) {
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cmd that && command.equals(that.command);
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
