package io.jollyboat.test;

import io.jollyboat.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Small static programs from {@code src/test/c}, compiled where they are needed, to be run in
 * containers: what a shell cannot do.
 */
public final class Programs {
  /** Where they are in a container that has {@link #mount}. */
  public static final String DIRECTORY = "/programs";

  private static final Duration COMPILE = Duration.ofMinutes(1);

  private final Path directory;

  private Programs(Path directory) {
    this.directory = directory;
  }

  /**
   * Compiles the named ones.
   *
   * @param directory of this machine; the container's users must be able to read it
   */
  public static Programs compile(Path directory, String... names) {
    Path sources = Path.of(System.getProperty("basedir", "."), "src", "test", "c");
    for (String name : names) {
      Path source = sources.resolve(name + ".c").toAbsolutePath();
      if (!Files.exists(source)) {
        throw new AssertionError("there is no " + source);
      }
      String program = directory.resolve(name).toString();
      Command.run(
          COMPILE,
          Command.find("cc").toString(),
          "-static",
          "-O1",
          "-Wall",
          "-o",
          program,
          source.toString());
    }
    return new Programs(directory);
  }

  /** On this machine. */
  public Path path(String name) {
    return directory.resolve(name);
  }

  /** All of them, read-only, in a container. */
  public Mount mount() {
    return Mount.readOnly(directory, DIRECTORY);
  }
}
