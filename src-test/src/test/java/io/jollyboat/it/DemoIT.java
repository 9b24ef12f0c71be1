package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/demo} plays, without the build before it. */
@IntegrationTest
class DemoIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void demo_withoutArguments_playsToItsEnd() {
    String said = demo();
    assertTrue(said.contains("Step 7/7 : "), said);
    assertTrue(said.contains("Using cache"), said);
    assertTrue(said.contains("the same image came back"), said);
  }

  @Test
  void demo_fromARegistry_playsADockerfileAndTellsOfItsQuotes(
      RegistryProcess registry, @TempDir Path directory) throws IOException {
    Path dockerfile = directory.resolve("Dockerfile");
    Files.writeString(
        dockerfile, "FROM busybox:latest\nRUN echo made > /made\nCMD [“cat”, “/made”]\n");
    String warned =
        demo(
            "--from",
            registry.reference(TestImages.BUSYBOX),
            "--dockerfile",
            dockerfile.toString());
    assertTrue(warned.contains("Dockerfile:3"), warned);

    Files.writeString(
        dockerfile, "FROM busybox:latest\nRUN echo made > /made\nCMD [\"cat\", \"/made\"]\n");
    String said =
        demo(
            "--from",
            registry.reference(TestImages.BUSYBOX),
            "--dockerfile",
            dockerfile.toString());
    assertTrue(said.contains("made") && said.contains("exit code 0"), said);
    assertEquals(2, said.split("Step 3/3 : ", -1).length - 1, said);
  }

  private static String demo(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "io.jollyboat.examples.Demo"));
    command.addAll(List.of(words));
    return Command.run(LIMIT, command.toArray(new String[0]));
  }
}
