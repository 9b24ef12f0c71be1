package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.EngineUnavailableException;
import io.jollyboat.Image;
import io.jollyboat.NetworkMode;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What there is on another system or an old kernel: a JVM that believes to be on one. */
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

  @Test
  void run_onAKernelThatIsTooOld_saysSo(@TempDir Path directory) {
    String said =
        Command.run(
            LIMIT,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dos.version=4.19.0",
            "-cp",
            System.getProperty("java.class.path"),
            NotLinuxIT.class.getName(),
            directory.resolve("store").toString());
    assertTrue(said.contains("kernel MISSING"), said);
    assertTrue(said.contains("unavailable: containers and RUN steps cannot be started"), said);
    assertTrue(said.contains("the kernel is 4.19.0, and 5.10 is the oldest that works"), said);
  }

  /** Called in the process that believes; with a store it runs a container there. */
  public static void main(String[] words) {
    Image image = Image.of(Dockerfile.parse("FROM debian\nRUN true\n"));
    System.out.println("recipe: " + image.toDockerfile());
    Engine.probe()
        .capabilities()
        .forEach(c -> System.out.println("probe: " + c.name() + " " + c.status()));
    Path root = Path.of(words.length > 0 ? words[0] : "/nowhere");
    ContainerSpec spec = ContainerSpec.of(Image.host()).network(NetworkMode.NONE).command("true");
    try (Engine engine = Engine.builder().root(root).open();
        Container container = engine.run(spec)) {
      System.out.println("ran " + container.id());
    } catch (EngineUnavailableException e) {
      System.out.println("unavailable: " + e.getMessage());
    }
  }
}
