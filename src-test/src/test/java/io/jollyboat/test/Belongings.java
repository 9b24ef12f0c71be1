package io.jollyboat.test;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this process has, and what an engine could leave on the machine, at one moment: kinds of
 * things, each with how often it is there. Immutable.
 */
record Belongings(Map<String, Long> counts) {
  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));
  private static final Duration NFT = Duration.ofSeconds(10);
  private static final int CGROUP_DEPTH = 8;

  Belongings {
    counts = Map.copyOf(counts);
  }

  static Belongings now() {
    try (Stream<String> fds = descriptors();
        Stream<String> mounts = mounts();
        Stream<String> links = names("link", Path.of("/sys/class/net"));
        Stream<String> files = names("file", TEMPORARY).filter(Belongings::isOurs)) {
      Stream<String> kernel =
          Stream.of(mounts, cgroups(), links, tables()).flatMap(Function.identity());
      Stream<String> process =
          Stream.of(fds, children(), threads(), files).flatMap(Function.identity());
      return new Belongings(
          Stream.concat(kernel, process)
              .collect(
                  Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting())));
    } catch (IOException e) {
      throw new AssertionError("cannot see what is there", e);
    }
  }

  /** One line for each thing of which there is more than before; empty when there is none. */
  String since(Belongings before) {
    return new TreeMap<>(counts)
        .entrySet().stream()
            .filter(now -> now.getValue() > before.counts().getOrDefault(now.getKey(), 0L))
            .map(
                now ->
                    "  "
                        + now.getKey()
                        + " ("
                        + before.counts().getOrDefault(now.getKey(), 0L)
                        + " -> "
                        + now.getValue()
                        + ")")
            .collect(Collectors.joining("\n"));
  }

  /**
   * Descriptors by what they are open on; those of class files and of the machine's random source
   * come and go.
   */
  private static Stream<String> descriptors() throws IOException {
    return Files.list(Path.of("/proc/self/fd"))
        .map(Belongings::target)
        .filter(
            target ->
                !target.isEmpty()
                    && !target.matches(
                        ".*(\\.jar|/modules|\\.so[.0-9]*|/dev/u?random|/proc/\\d+/fd)"))
        .map(target -> "fd of " + target.replaceAll("\\d{3,}", "N"));
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  private static Stream<String> mounts() throws IOException {
    return Files.lines(Path.of("/proc/self/mountinfo"))
        .map(line -> "mount at " + line.split(" ", 6)[4]);
  }

  private static Stream<String> cgroups() throws IOException {
    Stream.Builder<String> found = Stream.builder();
    FileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (directory.toString().contains("jollyboat")) {
              found.add("cgroup " + directory);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException removedMeanwhile) {
            return FileVisitResult.CONTINUE;
          }
        };
    Files.walkFileTree(
        Path.of("/sys/fs/cgroup"),
        EnumSet.noneOf(java.nio.file.FileVisitOption.class),
        CGROUP_DEPTH,
        visitor);
    return found.build();
  }

  /** What lies in a directory, by name. */
  private static Stream<String> names(String kind, Path directory) throws IOException {
    try {
      return Files.list(directory).map(path -> kind + " " + path);
    } catch (NoSuchFileException e) {
      return Stream.empty();
    }
  }

  private static boolean isOurs(String file) {
    return file.matches("(?i).*/[^/]*(jollyboat|jna)[^/]*");
  }

  private static Stream<String> tables() {
    return Command.run(NFT, Command.find("nft").toString(), "list", "tables")
        .lines()
        .map(line -> "nf_tables " + line);
  }

  /** Those of other programs that the tests start are theirs to end too. */
  private static Stream<String> children() {
    return ProcessHandle.current()
        .descendants()
        .map(
            child ->
                "child "
                    + child.pid()
                    + " "
                    + child.info().commandLine().orElse("(ended, not waited for)"));
  }

  private static Stream<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.isDaemon() || thread.getName().contains("jollyboat"))
        .map(thread -> "thread " + thread.getName().replaceAll("\\d+", "N"));
  }
}
