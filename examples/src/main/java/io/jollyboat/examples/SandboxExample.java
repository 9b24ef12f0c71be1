package io.jollyboat.examples;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.Image;
import io.jollyboat.Mount;
import io.jollyboat.Size;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the README shows of a stranger's code: a directory that holds {@code Plugin.java}, let in.
 */
public final class SandboxExample {
  private SandboxExample() {}

  public static void main(String[] args) {
    letIn(Path.of(args[0]));
  }

  private static void letIn(Path plugin) {
    ContainerSpec stranger =
        ContainerSpec.sandbox(Image.host())
            .mount(Mount.readOnly(plugin, "/plugin"))
            .command("java", "/plugin/Plugin.java")
            .memory(Size.mib(512))
            .timeLimit(Duration.ofSeconds(30));
    try (Engine engine = Engine.open();
        Container run = engine.run(stranger)) {
      ExitStatus exit = run.awaitExit();
      System.out.println(run.logs() + exit);
    }
  }
}
