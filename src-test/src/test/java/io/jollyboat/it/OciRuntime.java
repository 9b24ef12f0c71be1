package io.jollyboat.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls of the OCI runtime, or of another one with the same command line. Immutable. */
final class OciRuntime {
  private static final long LIMIT_SECONDS = 120;

  private final List<String> start;
  private final Path directory;

  /**
   * @param directory for the state of its containers and what they print
   */
  OciRuntime(Path program, Path directory) {
    this.start =
        List.of(
            program.toString(),
            "--root",
            directory.resolve("state").toString(),
            "--log",
            directory.resolve("log").toString(),
            "--log-format",
            "json");
    this.directory = directory;
  }

  /** The one that this project builds. */
  static Path program() {
    Path base = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().normalize();
    return base.resolveSibling("bin/jollyboat-runtime");
  }

  record Outcome(int status, String out, String err) {
    /** What was printed, of a call that must succeed. */
    String text() {
      if (status != 0) {
        throw new AssertionError("ended with " + status + ": " + err + out);
      }
      return out;
    }
  }

  /** What the runtime wrote to its log. */
  String log() throws IOException {
    Path log = directory.resolve("log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /** A call as a program and its arguments. */
  List<String> line(String... words) {
    List<String> line = new ArrayList<>(start);
    line.addAll(List.of(words));
    return line;
  }

  /** Runs to the end of the call; a container that goes on may keep writing. */
  Outcome call(String... words) throws IOException {
    return call(line(words));
  }

  /** As the other {@code call}, of a program that calls the runtime. */
  Outcome call(List<String> line) throws IOException {
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    Process process =
        new ProcessBuilder(line)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(line + " does not end: " + Files.readString(err));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  /** The member "status" of what "state" prints. */
  String status(String id) throws IOException {
    String state = call("state", id).text();
    return state.replaceAll("(?s).*\"status\"\\s*:\\s*\"(\\w+)\".*", "$1");
  }

  /** The member "pid". */
  int pid(String id) throws IOException {
    return Integer.parseInt(
        call("state", id).text().replaceAll("(?s).*\"pid\"\\s*:\\s*(\\d+).*", "$1"));
  }

  /** Waits until the container has that status. */
  void await(String id, String status) throws IOException, InterruptedException {
    String now = status(id);
    for (int i = 0; i < 100 && !now.equals(status); i++) {
      Thread.sleep(50);
      now = status(id);
    }
    if (!now.equals(status)) {
      throw new AssertionError(id + " is " + now + ", not " + status);
    }
  }
}
