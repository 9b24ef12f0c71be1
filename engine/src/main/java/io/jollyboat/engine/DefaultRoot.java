package io.jollyboat.engine;

import io.jollyboat.linux.userns.ProcessRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an engine keeps its files that was not told.
 *
 * <p>In a container of others the usual place lies on an overlay. The kernel lets no container
 * write over one, and no layer that deletes something lie on one: then another file system is
 * looked for, which is nearly always memory, and gone with the machine or the container.
 */
final class DefaultRoot {
  private static final String OVERLAY = "overlay";

  private DefaultRoot() {}

  static Path find() {
    Path usual = usual();
    return isOnOverlay(usual) ? elsewhere().orElse(usual) : usual;
  }

  /** By the user alone. */
  static Path usual() {
    if (MachineProbe.isRoot()) {
      return Path.of("/var/lib/jollyboat");
    }
    String data = System.getenv("XDG_DATA_HOME");
    return data == null || data.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "share", "jollyboat")
        : Path.of(data, "jollyboat");
  }

  /** Whether it is, or would be made, on an overlay. */
  static boolean isOnOverlay(Path directory) {
    return type(directory).filter(OVERLAY::equals).isPresent();
  }

  private static Optional<String> type(Path directory) {
    try {
      return Optional.of(Files.getFileStore(existing(directory)).type());
    } catch (IOException | SecurityException e) {
      return Optional.empty();
    }
  }

  private static Path existing(Path directory) {
    Path existing = directory.toAbsolutePath();
    while (!Files.exists(existing)) {
      existing = existing.resolve("..").normalize();
    }
    return existing;
  }

  /** The one that an engine has used before, or where there is most room. */
  private static Optional<Path> elsewhere() {
    long user = ProcessRights.ofThisProcess().user();
    List<Path> found = new ArrayList<>();
    for (String name : candidates(user)) {
      Path place = Path.of(name);
      if (Files.isDirectory(place) && Files.isWritable(place) && !isOnOverlay(place)) {
        found.add(place.resolve(user == 0 ? "jollyboat" : "jollyboat-" + user));
      }
    }
    return found.stream()
        .filter(root -> Files.isDirectory(root.resolve("layers"), LinkOption.NOFOLLOW_LINKS))
        .findFirst()
        .or(() -> found.stream().max((a, b) -> Long.compare(room(a), room(b))));
  }

  private static List<String> candidates(long user) {
    List<String> all = new ArrayList<>();
    for (String variable : List.of("XDG_RUNTIME_DIR", "TMPDIR")) {
      String value = System.getenv(variable);
      if (value != null && value.startsWith("/")) {
        all.add(value);
      }
    }
    all.addAll(List.of("/run/user/" + user, "/var/tmp", "/tmp", "/dev/shm", "/run"));
    return all;
  }

  private static long room(Path root) {
    try {
      return Files.getFileStore(existing(root)).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }
}
