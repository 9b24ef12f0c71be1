package io.jollyboat.dockerfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes instructions as a Dockerfile, and makes sure that it reads back as the same. */
final class DockerfileText {
  private DockerfileText() {}

  static Dockerfile of(List<? extends Instruction> instructions) {
    String text = print(instructions);
    try {
      Dockerfile read = Dockerfile.parse(text);
      if (read.instructions().equals(List.copyOf(instructions))) {
        return read;
      }
    } catch (DockerfileSyntaxException e) {
      throw unsupported(instructions, e);
    }
    throw unsupported(instructions, null);
  }

  /** One instruction a line, an empty line before each stage but the first. */
  private static String print(List<? extends Instruction> instructions) {
    StringBuilder text = new StringBuilder();
    for (Instruction instruction : instructions) {
      if (instruction instanceof From && text.length() > 0) {
        text.append('\n');
      }
      text.append(instruction).append('\n');
    }
    return text.toString();
  }

  /**
   * Names the first instruction that does not survive on its own, else says what the text lacks.
   */
  private static RuntimeException unsupported(
      List<? extends Instruction> instructions, @Nullable DockerfileSyntaxException cause) {
    for (Instruction instruction : instructions) {
      if (!survives(instruction)) {
        return new UnsupportedOperationException(
            "no Dockerfile text says this " + instruction.keyword() + ": " + instruction, cause);
      }
    }
    return cause == null ? new IllegalStateException("the text reads differently") : cause;
  }

  private static boolean survives(Instruction instruction) {
    boolean alone = instruction instanceof From;
    try {
      String text = alone ? instruction.toString() : "FROM scratch\n" + instruction;
      List<Instruction> read = Dockerfile.parse(text).instructions();
      return read.size() == (alone ? 1 : 2) && read.get(read.size() - 1).equals(instruction);
    } catch (DockerfileSyntaxException e) {
      return false;
    }
  }
}
