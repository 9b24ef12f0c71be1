package io.jollyboat.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** One row of {@code modules.txt}. */
record Module(
    String name, Set<String> packages, Set<String> sees, Set<String> thirdParty, int least) {
  private static final Set<String> LEAVES = Set.of("oci-spec", "dockerfile-parser");

  Module {
    packages = Set.copyOf(packages);
    sees = Set.copyOf(sees);
    thirdParty = Set.copyOf(thirdParty);
  }

  static List<Module> table() {
    try (InputStream in = Module.class.getResourceAsStream("/modules.txt")) {
      if (in == null) {
        throw new AssertionError("modules.txt is not among the test resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Module::row)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether this module's classes may use those of another, or of its own. */
  boolean maySee(String module) {
    return module.equals(name)
        || sees.contains(module)
        || (sees.contains("core-api") && LEAVES.contains(module));
  }

  private static Module row(String line) {
    List<String> cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
    if (cells.size() != 5) {
      throw new AssertionError(
          "a row of modules.txt has five cells, not " + cells.size() + ": " + line);
    }
    return new Module(
        cells.get(0),
        words(cells.get(1)),
        words(cells.get(2)),
        words(cells.get(3)),
        Integer.parseInt(cells.get(4)));
  }

  private static Set<String> words(String cell) {
    return Arrays.stream(cell.split(" +"))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toSet());
  }
}
