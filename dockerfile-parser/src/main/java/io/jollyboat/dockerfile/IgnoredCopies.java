package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds sources of COPY and ADD that a {@code .dockerignore} leaves out. */
final class IgnoredCopies {
  private IgnoredCopies() {}

  static List<Warning> of(List<Stage> stages, DockerIgnore context) {
    List<Warning> found = new ArrayList<>();
    for (Stage stage : stages) {
      for (Instruction instruction : stage.instructions()) {
        if (instruction instanceof Transfer transfer && !hasOtherSource(instruction)) {
          for (Word source : transfer.sources()) {
            check(transfer, source, context).ifPresent(found::add);
          }
        }
      }
    }
    return found;
  }

  private static boolean hasOtherSource(Instruction instruction) {
    return instruction instanceof Copy copy && copy.from().isPresent();
  }

  private static Optional<Warning> check(Transfer transfer, Word source, DockerIgnore context) {
    if (!source.isLiteral() || source.value().matches("(?s).*([*?\\[]|://).*|git@.*")) {
      return Optional.empty();
    }
    String path = source.value().replaceAll("^[./]*/|/+$", "");
    boolean ignored = !path.isEmpty() && !path.equals(".") && context.excludesAllBelow(path);
    return ignored
        ? Optional.of(
            new Warning(
                "CopyIgnoredFile",
                "Attempting to copy file \""
                    + source.value()
                    + "\" that is excluded by .dockerignore",
                transfer.range()))
        : Optional.empty();
  }
}
