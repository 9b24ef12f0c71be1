package io.jollyboat.linux.process;

import io.jollyboat.linux.syscall.Pid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The processes of a control group and the groups below it, or of a pid namespace (proc(5)). */
public final class ProcessTable {

  /** Of the kernel's clock in these files, on every architecture that programs see. */
  private static final long TICKS = 100;

  private ProcessTable() {}

  /**
   * One process.
   *
   * @param pidInside in its own namespace
   * @param state a letter: R, S, D, Z, T ...
   * @param memory resident bytes
   * @param words of its command; its short name in brackets where it has none
   */
  public record Row(
      int pid,
      int pidInside,
      int parent,
      long uid,
      char state,
      Duration cpu,
      Instant started,
      long memory,
      List<String> words) {}

  /**
   * The processes now, by number. One that starts or ends meanwhile may be missing; none is
   * another's that got its number.
   *
   * @param group the directory
   */
  public static List<Row> of(Path group) {
    try {
      return rows(() -> members(group));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the processes of " + group, e);
    }
  }

  /**
   * The same by a pid namespace, where there is no group: without those that are in one of their
   * own within, or that this process may not look at.
   *
   * @param init a process of the namespace
   */
  public static List<Row> ofNamespace(Pid init) {
    try {
      Path namespace = Files.readSymbolicLink(namespace(Path.of("/proc/" + init.number())));
      if (!init.isRunning()) {
        return List.of(); // the number may have been another's
      }
      return rows(() -> members(namespace.toString()));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the processes beside " + init, e);
    }
  }

  private static Path namespace(Path process) {
    return process.resolve("ns/pid");
  }

  private interface Members {
    Set<Integer> now() throws IOException;
  }

  private static List<Row> rows(Members members) throws IOException {
    List<Row> rows = new ArrayList<>();
    long boot = bootSeconds();
    for (int pid : members.now()) {
      row(pid, boot).ifPresent(rows::add);
    }
    // Whoever is no member any more had ended, and its number may have been another's.
    Set<Integer> still = members.now();
    rows.removeIf(row -> !still.contains(row.pid()));
    return List.copyOf(rows);
  }

  private static Set<Integer> members(String namespace) throws IOException {
    Set<Integer> pids = new TreeSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (isIn(process, namespace)) {
          pids.add(Integer.parseInt(String.valueOf(process.getFileName())));
        }
      }
    }
    return pids;
  }

  private static boolean isIn(Path process, String namespace) {
    try {
      return Files.readSymbolicLink(namespace(process)).toString().equals(namespace);
    } catch (IOException e) {
      return false; // it has ended, or belongs to somebody else
    }
  }

  private static Set<Integer> members(Path group) throws IOException {
    Set<Integer> pids = new TreeSet<>();
    Files.walkFileTree(
        group,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused)
              throws IOException {
            for (String line : Files.readAllLines(directory.resolve("cgroup.procs"))) {
              pids.add(Integer.parseInt(line));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // gone by now
          }
        });
    pids.remove(0); // of a namespace that this process does not see
    return pids;
  }

  private static Optional<Row> row(int pid, long boot) throws IOException {
    Path process = Path.of("/proc/" + pid);
    try {
      String stat = read(process.resolve("stat"));
      String status = read(process.resolve("status"));
      String command = read(process.resolve("cmdline"));
      // The name in parentheses may hold blanks and parentheses itself.
      int name = stat.lastIndexOf(')');
      String[] field = stat.substring(name + 2).split(" ");
      long started = Long.parseLong(field[19]) * 1000 / TICKS;
      return Optional.of(
          new Row(
              pid,
              lastNumber(status, "NSpid:").map(Long::intValue).orElse(pid),
              Integer.parseInt(field[1]),
              firstNumber(status, "Uid:").orElse(0L),
              field[0].charAt(0),
              Duration.ofMillis(
                  (Long.parseLong(field[11]) + Long.parseLong(field[12])) * 1000 / TICKS),
              Instant.ofEpochSecond(boot).plusMillis(started),
              firstNumber(status, "VmRSS:").orElse(0L) * 1024,
              words(command, stat.substring(stat.indexOf('('), name + 1))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (Files.exists(process)) {
        throw e;
      }
      return Optional.empty(); // ESRCH: it ended while it was read
    }
  }

  private static List<String> words(String command, String name) {
    if (command.isEmpty()) {
      return List.of("[" + name.substring(1, name.length() - 1) + "]");
    }
    String text = command.endsWith("\0") ? command.substring(0, command.length() - 1) : command;
    return List.of(text.split("\0", -1));
  }

  private static Optional<Long> firstNumber(String status, String key) {
    return line(status, key).map(words -> Long.parseLong(words[0]));
  }

  private static Optional<Long> lastNumber(String status, String key) {
    return line(status, key).map(words -> Long.parseLong(words[words.length - 1]));
  }

  private static Optional<String[]> line(String status, String key) {
    return status
        .lines()
        .filter(line -> line.startsWith(key))
        .findFirst()
        .map(line -> line.substring(key.length()).strip().split("\\s+"));
  }

  private static long bootSeconds() throws IOException {
    return line(read(Path.of("/proc/stat")), "btime")
        .map(words -> Long.parseLong(words[0]))
        .orElseThrow(() -> new IOException("/proc/stat does not tell when the machine started"));
  }

  /** Names and words are bytes that may be no text in any encoding. */
  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
