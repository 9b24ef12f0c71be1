package io.jollyboat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every protection that docs/security.md tells of has the tests that it names. */
class SecurityTableTest {
  private static final Path TOP =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolveSibling("");
  private static final Pattern NAME = Pattern.compile("`(\\w+)\\.(\\w+)`");
  private static final int LEAST_ROWS = 30;

  private static List<String> rows() throws IOException {
    return Files.readAllLines(TOP.resolve("docs/security.md")).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| item"))
        .toList();
  }

  /** Sources of tests by the name of their class. */
  private static Map<String, String> tests() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> modules = Files.list(TOP)) {
      for (Path module : modules.toList()) {
        Path tests = module.resolve("src/test/java");
        if (Files.isDirectory(tests)) {
          read(tests, sources);
        }
      }
    }
    return sources;
  }

  private static void read(Path tests, Map<String, String> sources) throws IOException {
    try (Stream<Path> files = Files.walk(tests)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String name = String.valueOf(file.getFileName());
        sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
      }
    }
  }

  @Test
  void rows_all_nameTestsThatExist() throws IOException {
    Map<String, String> tests = tests();
    List<String> missing = new ArrayList<>();
    List<String> rows = rows();
    for (String row : rows) {
      String[] cells = row.split("\\|");
      Matcher names = NAME.matcher(cells[cells.length - 1]);
      int found = 0;
      for (; names.find(); found++) {
        String source = tests.getOrDefault(names.group(1), "");
        if (!source.contains("void " + names.group(2) + "(")) {
          missing.add(names.group());
        }
      }
      if (found == 0) {
        missing.add("any test of " + cells[1].strip());
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(rows.size() >= LEAST_ROWS, rows.size() + " rows");
  }
}
