package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is programs of the examples, and they run. */
@IntegrationTest
class ReadmeIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Path PROJECT =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolveSibling("");
  private static final Path EXAMPLES =
      PROJECT.resolve("examples/src/main/java/io/jollyboat/examples");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void examples_ofTheReadme_areThePrograms() throws IOException {
    List<List<String>> programs = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(EXAMPLES, "*Example.java")) {
      for (Path program : all) {
        programs.add(words(Files.readString(program)));
      }
    }
    Matcher blocks = JAVA.matcher(Files.readString(PROJECT.resolve("README.md")));
    int count = 0;
    while (blocks.find()) {
      count++;
      List<String> shown = words(blocks.group(1));
      assertTrue(
          programs.stream().anyMatch(program -> Collections.indexOfSubList(program, shown) >= 0),
          "in no example: " + shown);
    }
    assertEquals(programs.size(), count);
  }

  @Test
  void readmeExample_whenRun_servesItsPage(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("Hello.java"),
        Files.readString(
            PROJECT.resolve("examples/src/main/resources/io/jollyboat/examples/Hello.java.txt")));
    String said = run("ReadmeExample", directory);
    assertTrue(said.contains("listening on") && said.contains("127.0.0.1"), said);
  }

  @Test
  void sandboxExample_whenRun_tellsWhatTheStrangerSaw(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("Plugin.java"),
        """
        public class Plugin {
          public static void main(String[] args) {
            System.out.println("processors " + Runtime.getRuntime().availableProcessors());
            System.out.println(
                "heap fits " + (Runtime.getRuntime().maxMemory() <= 512L << 20));
          }
        }
        """);
    String said = run("SandboxExample", directory);
    assertTrue(said.contains("processors 1\nheap fits true\n"), said);
    assertTrue(said.contains("code=0"), said);
  }

  @Test
  void registryExample_whenRun_pullsWhatItHasPushed(@TempDir Path directory) throws IOException {
    String said = run("RegistryExample", directory);
    assertTrue(said.contains("pushed sha256:") && said.contains("referred to by 1"), said);
  }

  @Test
  void stepsExample_whenRun_packsTheDirectoryWithoutItsDocs(@TempDir Path place)
      throws IOException {
    Path directory = Files.createDirectory(place.resolve("app"));
    Path module = Files.createDirectories(directory.resolve("node_modules/left"));
    Files.writeString(module.resolve("package.json"), "{\"name\":\"left\",\"version\":\"1.0\"}");
    Files.writeString(directory.resolve("NOTES.md"), "much text");
    String said = run("StepsExample", directory);
    assertTrue(said.contains("SQUASH") && said.contains("wasted 0B"), said);
    assertTrue(said.contains("pkg:npm/left@1.0"), said);
    assertTrue(Files.size(place.resolve("app.tar")) > 0);
  }

  /** In a mount namespace of its own, so that this machine's own store is not touched. */
  private static String run(String example, Path directory) throws IOException {
    Path root = Path.of("/var/lib/jollyboat");
    boolean made = Files.notExists(root);
    if (made) {
      Files.createDirectories(root);
    }
    try {
      return Command.run(
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
          "io.jollyboat.examples." + example,
          directory.toString());
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
