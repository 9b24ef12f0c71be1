package io.jollyboat.dockerfile;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One instruction of a Dockerfile. Two are equal when they say the same, wherever they stand.
 * {@code toString} is Dockerfile text that reads back as an equal value; {@link Dockerfile#of}
 * tells of the few values that no text can say.
 */
public sealed interface Instruction
    permits Arg,
        Cmd,
        Entrypoint,
        Env,
        Expose,
        From,
        Healthcheck,
        Label,
        Maintainer,
        Onbuild,
        Run,
        Shell,
        StopSignal,
        Transfer,
        User,
        Volume,
        Workdir {

  /** Where it stands, {@link SourceRange#NONE} when made in Java. */
  SourceRange range();

  <R> R accept(InstructionVisitor<R> visitor);

  /** Its name in capitals, {@code RUN}. */
  String keyword();

  /**
   * This instruction with every word that the language expands replaced by its literal value: those
   * of ADD, ARG, COPY, ENV, EXPOSE, FROM, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR and the mounts
   * of RUN. The commands of RUN, CMD, ENTRYPOINT and HEALTHCHECK are the shell's to expand; ONBUILD
   * is expanded where it is triggered.
   *
   * @throws DockerfileSyntaxException where {@code ${x?message}} finds x unset, or a pattern is
   *     wrong
   */
  Instruction expanded(Lookup variables);

  /** The names of the variables that {@link #expanded} may read, in order. */
  default Set<String> variables() {
    Expansion.Names names = new Expansion.Names(new LinkedHashSet<>(), false);
    Instruction unused = expanded(names);
    return Collections.unmodifiableSet(names.found());
  }

  /**
   * A warning for each variable that it reads, that is not among the known ones, and for which it
   * says no value of its own as {@code ${x:-y}} does: BuildKit's UndefinedVar.
   */
  default List<Warning> undefined(Set<String> known) {
    Expansion.Names names = new Expansion.Names(new LinkedHashSet<>(), true);
    Instruction unused = expanded(names);
    return names.found().stream()
        .filter(name -> !known.contains(name))
        .map(
            name ->
                new Warning(
                    "UndefinedVar",
                    "Usage of undefined variable '$"
                        + name
                        + "'"
                        + Suggestion.of(name, known, "; did you mean $"),
                    range()))
        .toList();
  }
}
