package io.jollyboat.it;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a container that ran to its end gave. */
record Result(ExitStatus status, String out, String err) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  static Result of(Engine engine, ContainerSpec spec) {
    try (Container container = engine.run(spec)) {
      ExitStatus status = container.awaitExit(LIMIT);
      return new Result(
          status, text(container.stdout().readAllBytes()), text(container.stderr().readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Standard output of a shell script that must end with 0. */
  static String sh(Engine engine, ContainerSpec spec, String script) {
    Result result = of(engine, spec.command("sh", "-c", script));
    if (result.status().code() != 0) {
      throw new AssertionError(script + " ended with " + result);
    }
    return result.out();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
