package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is a program of the examples, and runs. */
@IntegrationTest
class ReadmeIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Path PROJECT =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolveSibling("");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void example_ofTheReadme_isTheProgram() throws IOException {
    Matcher block = JAVA.matcher(Files.readString(PROJECT.resolve("README.md")));
    assertTrue(block.find(), "the README has no example");
    List<String> shown = words(block.group(1));
    List<String> program =
        words(
            Files.readString(
                PROJECT.resolve(
                    "examples/src/main/java/io/jollyboat/examples/ReadmeExample.java")));
    assertTrue(Collections.indexOfSubList(program, shown) >= 0, "not in ReadmeExample: " + shown);
  }

  /** In a mount namespace of its own, so that this machine's own store is not touched. */
  @Test
  void example_whenRun_servesItsPage(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("Hello.java"),
        Files.readString(
            PROJECT.resolve("examples/src/main/resources/io/jollyboat/examples/Hello.java.txt")));
    Path root = Path.of("/var/lib/jollyboat");
    boolean made = Files.notExists(root);
    if (made) {
      Files.createDirectories(root);
    }
    try {
      String said =
          Command.run(
              LIMIT,
              "unshare",
              "--mount",
              "sh",
              "-c",
              "mount -t tmpfs -o mode=0700 none " + root + " && exec \"$@\"",
              "sh",
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              "io.jollyboat.examples.ReadmeExample",
              directory.toString());
      assertTrue(said.contains("listening on") && said.contains("127.0.0.1"), said);
    } finally {
      if (made) {
        Files.delete(root);
      }
    }
  }

  /** Comments and line breaks apart, which the formatter and the page set differently. */
  private static List<String> words(String text) {
    String code = text.replaceAll("//[^\n]*", "").replaceAll("([.(){};,])", " $1 ");
    return List.of(code.strip().split("\\s+"));
  }
}
