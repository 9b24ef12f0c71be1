package io.jollyboat.linux.cgroup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads and writes the kernel's files in cgroup directories, and makes and removes these. */
final class CgroupFiles {
  private CgroupFiles() {}

  /** One write(2) of the whole value: what the kernel takes as one order. */
  static void write(Path file, String value) {
    try {
      writeOrThrow(file, value);
    } catch (IOException e) {
      throw new CgroupException("cannot write \"" + value + "\" to " + file + ": " + reason(e), e);
    }
  }

  /** What {@link #write} would throw, after the attempt; empty when the kernel took the value. */
  static Optional<CgroupException> refusal(Path file, String value) {
    try {
      write(file, value);
      return Optional.empty();
    } catch (CgroupException e) {
      return Optional.of(e);
    }
  }

  /** False where the kernel lacks the file or refuses the value. */
  static boolean writeIfPossible(Path file, String value) {
    try {
      writeOrThrow(file, value);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void writeOrThrow(Path file, String value) throws IOException {
    try (WritableByteChannel out = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      int written = out.write(ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII)));
      if (written != value.length()) {
        throw new IOException("the kernel took " + written + " bytes of " + value.length());
      }
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new CgroupException("cannot read " + file + ": " + reason(e), e);
    }
  }

  /** Empty where the file does not exist (any more) or cannot be read. */
  static Optional<String> readIfPossible(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The number after {@code key} and a blank, in a file of such lines; 0 when there is none. */
  static long valueOf(String lines, String key) {
    for (String line : lines.split("\n")) {
      if (line.startsWith(key)
          && line.length() > key.length()
          && line.charAt(key.length()) == ' ') {
        return Long.parseLong(line.substring(key.length() + 1).strip());
      }
    }
    return 0;
  }

  /** All numbers of a file of lines {@code name number}. */
  static Map<String, Long> values(String lines) {
    Map<String, Long> values = new TreeMap<>();
    for (String line : lines.split("\n")) {
      String[] words = line.strip().split(" ");
      if (words.length == 2 && words[1].matches("-?\\d{1,19}")) {
        values.put(words[0], asLong(words[1]));
      }
    }
    return values;
  }

  /** Counters of the kernel are unsigned: what is beyond a long is "no limit". */
  private static long asLong(String number) {
    try {
      return Long.parseLong(number);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  static void create(Path directory) {
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new CgroupException("cannot create the cgroup " + directory + ": " + reason(e), e);
    }
  }

  /** Another engine of this machine may create the same one at the same time. */
  static void createIfMissing(Path directory) {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      return; // somebody else's, or an earlier engine's: it is the same directory
    } catch (IOException e) {
      throw new CgroupException("cannot create the cgroup " + directory + ": " + reason(e), e);
    }
  }

  /**
   * Makes the family's directory and the engine's in it. An engine that closes removes the family
   * when it was the last one: it may vanish between the two steps, and is made again.
   */
  static void createIfMissing(Path family, Path engine) {
    for (int attempt = 0; attempt < 10; attempt++) {
      createIfMissing(family);
      try {
        Files.createDirectory(engine);
        return;
      } catch (FileAlreadyExistsException e) {
        return;
      } catch (IOException e) {
        if (!(e instanceof NoSuchFileException)) {
          throw new CgroupException("cannot create the cgroup " + engine + ": " + reason(e), e);
        }
      }
    }
    throw new CgroupException("the cgroup " + family + " is removed by others again and again");
  }

  static List<Path> children(Path directory) {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
      entries.forEach(children::add);
    } catch (IOException | DirectoryIteratorException e) {
      return children; // gone in the meantime
    }
    return children;
  }

  /** The group and all below it, deepest first. */
  static List<Path> subtree(Path directory) {
    List<Path> all = new ArrayList<>();
    for (Path child : children(directory)) {
      all.addAll(subtree(child));
    }
    all.add(directory);
    return all;
  }

  /** Ids of the processes of the group and all below it, as this process sees them. */
  static List<Integer> processes(Path directory) {
    List<Integer> pids = new ArrayList<>();
    for (Path group : subtree(directory)) {
      readIfPossible(group.resolve("cgroup.procs"))
          .ifPresent(
              text -> text.lines().forEach(line -> pids.add(Integer.parseInt(line.strip()))));
    }
    return pids;
  }

  /**
   * Removes the group and all below it. The kernel answers "busy" until the last process has left,
   * which a killed one does a little later: tried again until the time is over.
   *
   * @return the reason why not, or nothing when it is gone
   */
  static Optional<String> remove(Path directory, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    for (long pause = 1; ; pause = Math.min(2 * pause, 20)) {
      Optional<String> problem = removeOnce(directory);
      if (problem.isEmpty() || System.nanoTime() > end) {
        return problem;
      }
      rest(pause);
    }
  }

  /** Removes one group that has none below it; its last process may just be ending. */
  static Optional<String> removeWithoutChildren(Path directory) {
    Optional<String> problem = removeIfEmpty(directory);
    for (int attempt = 0; problem.isPresent() && attempt < 100; attempt++) {
      if (!children(directory).isEmpty()) {
        return problem;
      }
      rest(5);
      problem = removeIfEmpty(directory);
    }
    return problem;
  }

  /** Removes one group that has none below it, now. */
  static Optional<String> removeIfEmpty(Path directory) {
    try {
      Files.deleteIfExists(directory);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot remove the cgroup " + directory + ": " + reason(e));
    }
  }

  /** Removes the directory of all engines when the one of {@code engine} was the last. */
  static void removeFamily(Path engine) {
    removeIfEmpty(engine.resolve("..").normalize()); // others are still there: theirs to remove
  }

  private static Optional<String> removeOnce(Path directory) {
    try {
      Files.delete(directory); // nearly always there is nothing below it
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      List<Path> children = children(directory);
      if (children.isEmpty()) {
        return Optional.of("cannot remove the cgroup " + directory + ": " + reason(e));
      }
      for (Path child : children) {
        Optional<String> problem = removeOnce(child);
        if (problem.isPresent()) {
          return problem;
        }
      }
      return removeOnce(directory);
    }
  }

  /** Sleeps whether interrupted or not, for what must be cleaned up; the flag stays set. */
  static void rest(long milliseconds) {
    boolean interrupted = Thread.interrupted();
    interrupted |= !sleep(milliseconds);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** False when interrupted; the flag stays set. */
  static boolean sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    String reason = e instanceof FileSystemException known ? known.getReason() : e.getMessage();
    return reason == null ? e.toString() : reason;
  }
}
