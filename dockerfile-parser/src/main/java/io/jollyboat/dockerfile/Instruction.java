package io.jollyboat.dockerfile;

import java.util.Collections;
import java.util.LinkedHashSet;
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
    Expansion.Names names = new Expansion.Names(new LinkedHashSet<>());
    Instruction unused = expanded(names);
    return Collections.unmodifiableSet(names.found());
  }
}
