package io.jollyboat.linux.userns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The ids that subuid(5) and subgid(5) give a user, and the programs that map them for him. Looked
 * up when asked for.
 */
public final class SubordinateIds {
  public static final Path USERS = Path.of("/etc/subuid");
  public static final Path GROUPS = Path.of("/etc/subgid");

  private static final List<String> PLACES = List.of("/usr/bin", "/bin", "/usr/local/bin", "/sbin");

  private SubordinateIds() {}

  /**
   * The ranges of a user in one of the two files; none when there is no such file.
   *
   * @param name may be empty when the user has none
   */
  public static List<IdRange> of(Path file, long user, String name) {
    if (!Files.isReadable(file)) {
      return List.of();
    }
    List<IdRange> found = new ArrayList<>();
    try (Stream<String> lines = Files.lines(file)) {
      lines
          .map(line -> line.strip().split(":", -1))
          .filter(field -> field.length == 3)
          .filter(field -> field[0].equals(Long.toString(user)) || isName(field[0], name))
          .forEach(field -> range(field).ifPresent(found::add));
    } catch (IOException | java.io.UncheckedIOException e) {
      return List.of(); // as good as none
    }
    return found;
  }

  private static boolean isName(String field, String name) {
    return !name.isEmpty() && field.equals(name);
  }

  /** Lines that are none are passed over, as newuidmap(1) does. */
  private static Optional<IdRange> range(String[] field) {
    try {
      return Optional.of(new IdRange(0, Long.parseLong(field[1]), Long.parseLong(field[2])));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Where a program such as newuidmap is installed. */
  public static Optional<Path> program(String name) {
    String path = System.getenv("PATH");
    Stream<String> own = path == null ? Stream.empty() : Stream.of(path.split(":"));
    return Stream.concat(own, PLACES.stream())
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The name of a user by /etc/passwd; empty when it has none there. */
  public static String userName(long user) {
    try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"))) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(field -> field.length > 2 && field[2].equals(Long.toString(user)))
          .map(field -> field[0])
          .findFirst()
          .orElse("");
    } catch (IOException | java.io.UncheckedIOException e) {
      return "";
    }
  }
}
