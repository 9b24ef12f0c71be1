package io.jollyboat.test;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
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
  private static final Duration NFT = Duration.ofSeconds(60);
  private static final int CGROUP_DEPTH = 8;
  private static final String COMES_AND_GOES =
      ".*(\\.jar|/ffi\\w+ \\(deleted\\)|/modules|\\.so[.0-9]*|/dev/u?random|/proc/\\d+/fd)";

  Belongings {
    counts = Map.copyOf(counts);
  }

  static Belongings now() {
    try {
      OtherEngines others = OtherEngines.now();
      List<String> all = new ArrayList<>(packetTables());
      all.addAll(mounts());
      all.addAll(cgroups());
      all.addAll(names("link", Path.of("/sys/class/net")));
      all.addAll(names("engine", Path.of("/run/jollyboat")));
      names("file", TEMPORARY).stream().filter(Belongings::isOurs).forEach(all::add);
      all.addAll(threads());
      all.addAll(children());
      all.addAll(descriptors());
      return new Belongings(
          all.stream()
              .filter(thing -> !others.own(thing))
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())));
    } catch (IOException e) {
      throw new AssertionError("cannot see what is there", e);
    }
  }

  /** One line for each thing of which there is more than before; empty when there is none. */
  String since(Belongings before) {
    StringBuilder more = new StringBuilder();
    new TreeMap<>(counts)
        .forEach(
            (thing, count) -> {
              long earlier = before.counts().getOrDefault(thing, 0L);
              if (count > earlier) {
                more.append("  %s (%d, was %d)\n".formatted(thing, count, earlier));
              }
            });
    return more.toString();
  }

  /**
   * Descriptors by what they are open on; those of class files and of the random source come and
   * go.
   */
  private static List<String> descriptors() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.map(Belongings::target)
          .filter(target -> !target.isEmpty() && !target.matches(COMES_AND_GOES))
          .map(target -> "fd of " + target.replaceAll("\\d{3,}", "N"))
          .toList();
    }
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  private static List<String> mounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .map(line -> "mount at " + line.split(" ", 6)[4])
        .toList();
  }

  private static List<String> cgroups() throws IOException {
    List<String> found = new ArrayList<>();
    SimpleFileVisitor<Path> visitor =
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
        Path.of("/sys/fs/cgroup"), EnumSet.noneOf(FileVisitOption.class), CGROUP_DEPTH, visitor);
    return found;
  }

  /** What lies in a directory, by name. */
  private static List<String> names(String kind, Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(path -> kind + " " + path).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** The stores, registries and outputs of other test runs apart. */
  private static boolean isOurs(String file) {
    return file.matches("(?i).*/[^/]*(jollyboat|jna)[^/]*")
        && (file.contains(TestStore.NAME)
            || !file.matches(".*/jollyboat-(store|registry|command)[^/]*"));
  }

  private static List<String> packetTables() {
    String tables = Command.run(NFT, Command.find("nft").toString(), "list", "tables");
    return tables.lines().map(line -> "nf_tables " + line).toList();
  }

  private static List<String> children() {
    return ProcessHandle.current().descendants().map(Belongings::child).toList();
  }

  private static String child(ProcessHandle child) {
    return "child "
        + child.pid()
        + " "
        + child.info().commandLine().orElse("(ended, not waited for)");
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.isDaemon() || thread.getName().contains("jollyboat"))
        .map(thread -> "thread " + thread.getName().replaceAll("\\d+", "N"))
        .toList();
  }
}
