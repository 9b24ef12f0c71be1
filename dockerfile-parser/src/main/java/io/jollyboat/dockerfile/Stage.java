package io.jollyboat.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * A FROM and what follows it.
 *
 * @param instructions without the FROM, in order
 */
public record Stage(From from, List<Instruction> instructions) {
  public Stage {
    instructions = List.copyOf(instructions);
    if (instructions.stream().anyMatch(From.class::isInstance)) {
      throw new IllegalArgumentException("FROM begins a stage of its own");
    }
  }

  /** Its name in lower case; one without is known by its index. */
  public Optional<String> name() {
    return from.name();
  }
}
