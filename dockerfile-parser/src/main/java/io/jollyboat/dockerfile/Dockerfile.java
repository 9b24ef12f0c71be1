package io.jollyboat.dockerfile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
  private final CheckOptions checks; // never changed once it is here
  private final Optional<Path> file;

  Dockerfile(
      String text,
      List<Directive> directives,
      List<Arg> globalArgs,
      List<Stage> stages,
      List<Warning> warnings,
      CheckOptions checks,
      Optional<Path> file) {
    this.text = text;
    this.directives = List.copyOf(directives);
    this.globalArgs = List.copyOf(globalArgs);
    this.stages = List.copyOf(stages);
    this.warnings = List.copyOf(warnings);
    this.checks = checks;
    this.file = file;
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
   * Reads a file as UTF-8, of at most {@value DockerfileReader#LONGEST} bytes.
   *
   * @throws UncheckedIOException the file cannot be read
   * @throws DockerfileSyntaxException the text is not a Dockerfile
   */
  public static Dockerfile parse(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(DockerfileReader.LONGEST + 1); // never all of an endless one
      if (bytes.length > DockerfileReader.LONGEST) {
        throw DockerfileReader.tooLong(file.toString());
      }
      return parse(new String(bytes, StandardCharsets.UTF_8), file.toString()).in(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the Dockerfile " + file + ": " + e, e);
    }
  }

  private Dockerfile in(Path path) {
    return new Dockerfile(
        text, directives, globalArgs, stages, warnings, checks, Optional.of(path.toAbsolutePath()));
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

  /**
   * What can be said about it without building it: the {@link #warnings}, and copies of files that
   * do not reach the build (CopyIgnoredFile).
   *
   * @param context what the build's context leaves out, {@link DockerIgnore#ofContext}
   */
  public List<Warning> check(DockerIgnore context) {
    List<Warning> all = new ArrayList<>(warnings);
    all.addAll(checks.wanted(IgnoredCopies.of(stages, context)));
    all.sort(Comparator.comparingInt(warning -> warning.range().line()));
    return List.copyOf(all);
  }

  /** Those of some warnings about it that its {@code # check} lines do not leave out. */
  public List<Warning> wanted(List<Warning> found) {
    return checks.wanted(found);
  }

  /** Whether {@code # check=error=true} says that a build with warnings fails. */
  public boolean warningsAreErrors() {
    return checks.isError();
  }

  /** Where it was read from, absolute; nothing for text. */
  public Optional<Path> file() {
    return file;
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
