package io.jollyboat.examples;

import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.Output;
import java.nio.file.Path;

/**
 * What the README shows of steps in Java and of what is known of an image: a directory with a
 * program's files becomes a small image.
 */
public final class StepsExample {
  private StepsExample() {}

  public static void main(String[] args) {
    Path directory = Path.of(args[0]);
    pack(directory, directory.resolveSibling(directory.getFileName() + ".tar"));
  }

  private static void pack(Path directory, Path archive) {
    Image image =
        Image.scratch()
            .files(FileSet.empty().tree(directory, "/app"))
            .step(
                "strip docs",
                files ->
                    files
                        .walk("/app")
                        .filter(file -> file.name().endsWith(".md"))
                        .forEach(file -> files.delete(file.path())))
            .squash();
    try (Engine engine = Engine.open()) {
      engine.build(image, build -> build.tag("app").output(Output.ociArchive(archive)));
      System.out.print(engine.images().sizes("app"));
      System.out.println(engine.images().packages("app").spdx());
    }
  }
}
