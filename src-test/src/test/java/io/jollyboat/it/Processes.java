package io.jollyboat.it;

import io.jollyboat.test.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Processes of this machine. */
final class Processes {
  private static final Duration SOON = Duration.ofSeconds(20);

  private Processes() {}

  /** The id on this machine of the process with exactly these words. */
  static String running(String... words) {
    return allRunning(words).stream()
        .findFirst()
        .orElseThrow(() -> new AssertionError("no process runs " + List.of(words)));
  }

  /** The ids on this machine of the processes with exactly these words. */
  static List<String> allRunning(String... words) {
    String wanted = String.join("\0", words) + "\0";
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (commandLine(process).equals(wanted)) {
          found.add(process.getFileName().toString());
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"));
    } catch (IOException endedMeanwhile) {
      return "";
    }
  }

  static void run(String... words) {
    String unused = Command.run(SOON, words);
  }
}
