package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.EngineUnavailableException;
import io.jollyboat.Image;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What there is on another system: a JVM that believes to be on one. */
@IntegrationTest
class NotLinuxIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Test
  void engine_onAnotherSystem_saysSoAndRecipesWork() {
    String said =
        Command.run(
            LIMIT,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dos.name=Mac OS X",
            "-cp",
            System.getProperty("java.class.path"),
            NotLinuxIT.class.getName());
    assertTrue(said.contains("recipe: FROM debian"), said);
    assertTrue(said.contains("unavailable: an engine opens on Linux only"), said);
    assertTrue(said.contains("this is Mac OS X"), said);
    assertTrue(said.contains("probe: linux MISSING"), said);
  }

  /** Called in the process that believes. */
  public static void main(String[] words) {
    Image image = Image.of(Dockerfile.parse("FROM debian\nRUN true\n"));
    System.out.println("recipe: " + image.toDockerfile());
    Engine.probe()
        .capabilities()
        .forEach(c -> System.out.println("probe: " + c.name() + " " + c.status()));
    try (Engine engine = Engine.open()) {
      System.out.println("opened " + engine);
    } catch (EngineUnavailableException e) {
      System.out.println("unavailable: " + e.getMessage());
    }
  }
}
