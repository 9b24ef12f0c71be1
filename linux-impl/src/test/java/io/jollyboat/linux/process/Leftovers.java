package io.jollyboat.linux.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process has open and has not reaped, for comparing before and after. */
final class Leftovers {

  private Leftovers() {}

  /** The kinds of open descriptors that the code under test makes, with their counts. */
  static String descriptors() throws IOException {
    try (Stream<Path> list = Files.list(Path.of("/proc/self/fd"))) {
      return list.map(Leftovers::target)
          .filter(target -> !target.startsWith("/") || target.startsWith("/memfd"))
          .map(target -> target.replaceAll("[0-9]+", ""))
          .sorted()
          .collect(Collectors.joining("\n"));
    }
  }

  /** The ids of child processes, zombies too. */
  static String children() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      List<Path> all = tasks.toList();
      for (Path task : all) {
        text.append(childrenOf(task));
      }
    }
    return text.toString();
  }

  private static String childrenOf(Path task) throws IOException {
    try {
      return Files.readString(task.resolve("children"));
    } catch (NoSuchFileException e) {
      // The thread has ended meanwhile.
      return "";
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "/gone";
    }
  }
}
