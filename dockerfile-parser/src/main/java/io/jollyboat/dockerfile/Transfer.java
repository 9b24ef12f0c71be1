package io.jollyboat.dockerfile;

import java.util.List;

/** COPY and ADD: what brings files into the image. */
public sealed interface Transfer extends Instruction permits Copy, Add {

  /** Paths, wildcards, and for ADD addresses; they are copied before {@link #inline}. */
  List<Word> sources();

  /** Files whose content stands in the Dockerfile. */
  List<Heredoc> inline();

  Word destination();

  Placement placement();

  @Override
  Transfer expanded(Lookup variables);
}
