package io.jollyboat.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of this machine to its end. */
public final class Command {
  private Command() {}

  /**
   * What the program printed on standard output.
   *
   * @throws AssertionError with its standard error when it ends with another status than 0, or not
   *     in time
   */
  public static String run(Duration limit, String... words) {
    return run(limit, List.of(words));
  }

  static String run(Duration limit, List<String> words) {
    try {
      Path errors = Files.createTempFile("jollyboat-command", ".err");
      try {
        return run(limit, words, errors);
      } finally {
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String run(Duration limit, List<String> words, Path errors) throws IOException {
    Process process = new ProcessBuilder(words).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(words + " did not end within " + limit);
      }
      if (process.exitValue() != 0) {
        throw new AssertionError(
            words + " ended with " + process.exitValue() + ": " + Files.readString(errors));
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + words, e);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Where a program lies: on the path, in the system directories, or below the tests' own cache.
   */
  public static Path find(String program) {
    String directories = System.getenv("PATH") + ":/usr/local/sbin:/usr/sbin:/sbin:" + tools();
    for (String directory : directories.split(":", -1)) {
      Path candidate = Path.of(directory, program);
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    Requirement.unmet(program + " is missing: run src-test/scripts/install-tools");
    throw new AssertionError();
  }

  private static Path tools() {
    String cache = System.getenv("JOLLYBOAT_TEST_CACHE");
    if (cache != null) {
      return Path.of(cache, "test-tools");
    }
    String home = System.getenv("XDG_CACHE_HOME");
    Path base = home != null ? Path.of(home) : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("jollyboat/test-tools");
  }
}
