package io.jollyboat.dockerfile;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds variables that nothing sets, in the stages whose environment the text alone tells: those
 * that begin from scratch. A build finds them in the others.
 */
final class VariableChecks {
  /** Bounds for texts that are made to take long. */
  private static final int MOST_VARIABLES = 2000;

  private static final int MOST_WARNINGS = 1000;

  private VariableChecks() {}

  static void run(List<Stage> stages, List<Warning> warnings) {
    Map<String, Set<String>> known = new HashMap<>();
    for (Stage stage : stages) {
      String base = stage.from().image().raw();
      Set<String> below = base.equals("scratch") ? Set.of("PATH") : known.get(base);
      if (below != null && below.size() < MOST_VARIABLES && warnings.size() < MOST_WARNINGS) {
        Set<String> names = new HashSet<>(below);
        stage.instructions().forEach(instruction -> check(instruction, names, warnings));
        stage.name().ifPresent(name -> known.put(name, names));
      }
    }
  }

  private static void check(Instruction instruction, Set<String> known, List<Warning> warnings) {
    warnings.addAll(instruction.undefined(known));
    if (instruction instanceof Env env) {
      env.pairs().forEach(pair -> known.add(pair.name().raw()));
    } else if (instruction instanceof Arg arg) {
      arg.declarations().forEach(declaration -> known.add(declaration.name().raw()));
    }
  }
}
