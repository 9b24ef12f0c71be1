package io.jollyboat.engine;

import io.jollyboat.StoreException;
import io.jollyboat.linux.syscall.TreeCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the living engines of a user are listed, and the sockets of detached containers lie: a
 * directory that is gone when the machine boots, and that only he can read.
 *
 * <p>Root's is {@code /run/jollyboat}. Another user's is in {@code XDG_RUNTIME_DIR}, else in {@code
 * /run/user/UID}, else in the directory for temporary files. Which, a root says in its file {@code
 * runtime}: a program that a login started and one that cron did must find each other.
 */
final class RuntimeBase {
  private static final String NOTE = "runtime";

  private RuntimeBase() {}

  static Path of(Path root) {
    if (MachineProbe.isRoot()) {
      return Path.of("/run/jollyboat");
    }
    int user = TreeCalls.effectiveUser();
    Path note = root.resolve(NOTE);
    Path base = noted(note, user).orElseGet(() -> chosen(user));
    try {
      Files.createDirectories(
          base, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!isPrivate(base, user)) {
        throw new IOException("others own it or can write to it");
      }
      Files.writeString(note, base.toString());
    } catch (IOException e) {
      throw new StoreException(
          "cannot list this user's engines in " + base + ": " + e + "; it must be his alone", e);
    }
    return base;
  }

  /** Where the last engine of the root was, if that is still there. */
  private static Optional<Path> noted(Path note, int user) {
    try {
      Path base = Path.of(Files.readString(note).strip());
      return base.isAbsolute() && isPrivate(base, user) ? Optional.of(base) : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Path chosen(int user) {
    String session = System.getenv("XDG_RUNTIME_DIR");
    List<String> wanted =
        List.of(session == null ? "" : session, "/run/user/" + Integer.toUnsignedString(user));
    return wanted.stream()
        .filter(name -> name.startsWith("/"))
        .map(Path::of)
        .filter(directory -> isUsable(directory, user))
        .map(directory -> directory.resolve("jollyboat"))
        .findFirst()
        .orElseGet(
            () ->
                Path.of(
                    System.getProperty("java.io.tmpdir"),
                    "jollyboat-" + Integer.toUnsignedString(user)));
  }

  private static boolean isUsable(Path directory, int user) {
    return isPrivate(directory, user) && Files.isWritable(directory);
  }

  /** Nobody else can have put something there: in /tmp everybody may make a name first. */
  static boolean isPrivate(Path directory, int user) {
    try {
      PosixFileAttributes found =
          Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean shut =
          Stream.of("GROUP_WRITE", "OTHERS_WRITE")
              .noneMatch(bit -> found.permissions().stream().anyMatch(p -> p.name().equals(bit)));
      Object owner = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      return found.isDirectory() && shut && owner.equals(user);
    } catch (IOException e) {
      return false;
    }
  }
}
