package io.jollyboat.dockerfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Dockerfile: its stages and the arguments before them. Immutable. What was parsed prints as
 * exactly the text it was; what was made in Java prints as a person would write it. Two are equal
 * when they say the same, whatever their layout and comments.
 */
public final class Dockerfile {
  private final String text;
  private final List<Directive> directives;
  private final List<Arg> globalArgs;
  private final List<Stage> stages;
  private final List<Warning> warnings;

  Dockerfile(
      String text,
      List<Directive> directives,
      List<Arg> globalArgs,
      List<Stage> stages,
      List<Warning> warnings) {
    this.text = text;
    this.directives = List.copyOf(directives);
    this.globalArgs = List.copyOf(globalArgs);
    this.stages = List.copyOf(stages);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * @throws DockerfileSyntaxException the text is not a Dockerfile
   */
  public static Dockerfile parse(String text) {
    return parse(text, "Dockerfile");
  }

  /**
   * @param fileName what errors and warnings call it
   * @throws DockerfileSyntaxException the text is not a Dockerfile
   */
  public static Dockerfile parse(String text, String fileName) {
    return DockerfileReader.read(text, fileName);
  }

  /**
   * Reads a file as UTF-8.
   *
   * @throws UncheckedIOException the file cannot be read
   * @throws DockerfileSyntaxException the text is not a Dockerfile
   */
  public static Dockerfile parse(Path file) {
    try {
      return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the Dockerfile " + file + ": " + e, e);
    }
  }

  /**
   * Of instructions made in Java: ARGs, then stages, each begun by its FROM.
   *
   * @throws UnsupportedOperationException an instruction that no text can say, e.g. a line break in
   *     a variable's value; the message names it
   */
  public static Dockerfile of(List<? extends Instruction> instructions) {
    return DockerfileText.of(instructions);
  }

  /** Those at the top of the file: {@code syntax}, {@code escape}, {@code check}. */
  public List<Directive> directives() {
    return directives;
  }

  /** The ARGs before the first FROM. */
  public List<Arg> globalArgs() {
    return globalArgs;
  }

  /** At least one, in order. */
  public List<Stage> stages() {
    return stages;
  }

  /** In the order of the file. */
  public List<Warning> warnings() {
    return warnings;
  }

  /** All of the file, in order: the arguments, then each stage with its FROM. */
  public List<Instruction> instructions() {
    List<Instruction> all = new ArrayList<>(globalArgs);
    for (Stage stage : stages) {
      all.add(stage.from());
      all.addAll(stage.instructions());
    }
    return List.copyOf(all);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Dockerfile that
        && globalArgs.equals(that.globalArgs)
        && stages.equals(that.stages);
  }

  @Override
  public int hashCode() {
    return Objects.hash(globalArgs, stages);
  }

  /** The text. */
  @Override
  public String toString() {
    return text;
  }
}
