package io.jollyboat.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each folder below {@code cases}: a Dockerfile and what it is read as. */
class CasesTest {
  @TestFactory
  Stream<DynamicTest> parse_case_givesWhatIsExpected() throws Exception {
    return folders().stream()
        .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> run(folder)));
  }

  @Test
  void folders_areThere() throws Exception {
    assertTrue(folders().size() > 20);
  }

  static List<Path> folders() throws IOException, URISyntaxException {
    Path cases = Path.of(Objects.requireNonNull(CasesTest.class.getResource("/cases")).toURI());
    try (Stream<Path> folders = Files.list(cases)) {
      return folders.sorted().toList();
    }
  }

  private static void run(Path folder) throws IOException {
    String text = Files.readString(folder.resolve("Dockerfile"));
    String expected = Files.readString(folder.resolve("expected.txt"));
    assertEquals(expected, outcome(text));
  }

  /** Instructions as read, one a line after their place; or the error. */
  static String outcome(String text) {
    try {
      Dockerfile parsed = Dockerfile.parse(text);
      assertEquals(text, parsed.toString());
      return Stream.of(
              parsed.directives().stream().map(Directive::toString),
              parsed.instructions().stream().map(CasesTest::line),
              parsed.warnings().stream().map(Warning::toString))
          .flatMap(lines -> lines)
          .collect(Collectors.joining("\n", "", "\n"));
    } catch (DockerfileSyntaxException e) {
      return e.getMessage() + "\n";
    }
  }

  private static String line(Instruction instruction) {
    SourceRange range = instruction.range();
    return range.line() + "-" + range.lastLine() + " " + instruction;
  }
}
