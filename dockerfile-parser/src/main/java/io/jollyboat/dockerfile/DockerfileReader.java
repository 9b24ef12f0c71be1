package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads a file into stages. */
final class DockerfileReader {
  /** What BuildKit's frontend can be sent in one message. */
  static final int LONGEST = 16 << 20;

  private final String text;
  private final Lines lines;
  private final List<Warning> warnings = new ArrayList<>();
  private final LineReader reader;
  private final Spelling spelling = new Spelling(warnings);
  private final List<Arg> globalArgs = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();
  private final Map<SourceRange, List<String>> above = new HashMap<>();
  private CheckOptions checks = new CheckOptions();
  private Optional<From> from = Optional.empty();
  private List<Instruction> instructions = new ArrayList<>();

  private DockerfileReader(String text, String fileName) {
    this.text = text;
    this.lines = new Lines(text, fileName);
    this.reader = new LineReader(lines, warnings);
  }

  static Dockerfile read(String text, String fileName) {
    if (text.length() > LONGEST) {
      throw tooLong(fileName);
    }
    return new DockerfileReader(text, fileName).read();
  }

  static DockerfileSyntaxException tooLong(String fileName) {
    return new DockerfileSyntaxException(
        "the Dockerfile has more than " + LONGEST + " bytes",
        new SourceRange(fileName, 1, 1, 1),
        "",
        "put large content in a file of the build context and COPY it");
  }

  private Dockerfile read() {
    if (Blanks.trim(text).isEmpty()) {
      throw lines.error(lines.range(1, 1, 1), "the Dockerfile cannot be empty", "");
    }
    for (Optional<LogicalLine> line = reader.next(); line.isPresent(); line = reader.next()) {
      read(line.get());
    }
    finishStage();
    if (stages.isEmpty()) {
      String problem =
          globalArgs.isEmpty() ? "file with no instructions" : "the Dockerfile has no FROM";
      throw lines.error(lines.range(1, 1, 1), problem, "begin it with FROM image");
    }
    return new Dockerfile(
        text, reader.directives(), globalArgs, stages, checked(), checks, Optional.empty());
  }

  private List<Warning> checked() {
    spelling.casing();
    Checks.run(globalArgs, stages, warnings);
    warnings.sort(Comparator.comparingInt(w -> w.range().line()));
    CheckOptions options = CheckOptions.of(reader.directives());
    above.forEach((range, comments) -> comments.forEach(c -> options.read(c, range)));
    checks = options;
    return options.wanted(warnings);
  }

  /** A comment directly above a stage or an argument is taken for its description. */
  private void describe(LogicalLine line, Instruction instruction) {
    List<String> comments =
        line.comments().stream()
            .filter(c -> !c.toLowerCase(Locale.ROOT).startsWith("check="))
            .toList();
    List<String> names =
        instruction instanceof From from
            ? from.name().stream().toList()
            : instruction instanceof Arg arg
                ? arg.declarations().stream().map(d -> d.name().raw()).toList()
                : List.of();
    boolean described =
        comments.stream().anyMatch(c -> names.stream().anyMatch(n -> c.startsWith(n + " ")));
    if (!comments.isEmpty() && !names.isEmpty() && !described) {
      warnings.add(
          new Warning(
              "InvalidDefinitionDescription",
              "The comment above should have the form \"# "
                  + names.get(0)
                  + " description\"; where it is no description, put an empty line below it",
              instruction.range()));
    }
  }

  private void read(LogicalLine line) {
    if (Blanks.trim(line.text()).isEmpty()) {
      return;
    }
    Instruction instruction = InstructionReader.read(reader, line);
    Typography.check(line, warnings);
    describe(line, instruction);
    if (!line.comments().isEmpty()) {
      above.put(instruction.range(), line.comments());
    }
    spelling.line(line, instruction);
    if (instruction instanceof From begin) {
      finishStage();
      from = Optional.of(begin);
    } else if (from.isPresent()) {
      instructions.add(instruction);
    } else if (instruction instanceof Arg arg) {
      globalArgs.add(arg);
    } else {
      throw line.error(
          0,
          "no build stage in current context: " + instruction.keyword() + " before FROM",
          "begin with FROM image; only ARG may stand before it");
    }
  }

  private void finishStage() {
    if (from.isPresent()) {
      stages.add(new Stage(from.get(), instructions));
      instructions = new ArrayList<>();
    }
  }
}
