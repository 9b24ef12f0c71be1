package io.jollyboat.store;

import io.jollyboat.EngineUnavailableException;
import io.jollyboat.Probe;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that a directory can be a store's root: others may not look in, for set-uid files lie
 * below.
 */
final class StoreRoot {
  private static final String FORMAT = "1";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private StoreRoot() {}

  /** Makes the directory, or checks whose it is. */
  static void prepare(Path root) {
    try {
      Path parent = root.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      try {
        Files.createDirectory(root, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      } catch (FileAlreadyExistsException e) {
        check(root);
      }
    } catch (IOException e) {
      throw refused(
          root, "cannot be made: " + e, "name another directory with Engine.builder().root(path)");
    }
  }

  private static void check(Path root) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(root, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isDirectory()) {
      throw refused(root, "is not a directory", "name a directory");
    }
    if (!found.permissions().equals(OWNER_ONLY)) {
      throw refused(
          root,
          "has the mode " + PosixFilePermissions.toString(found.permissions()),
          "make it the owner's alone: chmod 700 " + root);
    }
    if (!found.owner().equals(currentUser(root))) {
      throw refused(
          root,
          "belongs to " + found.owner().getName() + ", not to this process's user",
          "name another directory with Engine.builder().root(path)");
    }
  }

  /** Who owns what this process makes. */
  private static UserPrincipal currentUser(Path root) throws IOException {
    Path self = Path.of("/proc/self");
    if (Files.exists(self)) {
      return Files.getOwner(self);
    }
    String name = System.getProperty("user.name", "");
    return root.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
  }

  /** Compares what the store says of itself with what this process is, or writes it down. */
  static void checkFormat(StoreFiles files) {
    Path file = files.root().resolve("store");
    FileLocks.Lock lock = files.lock("store");
    try {
      String flavour = files.trees().overlayFlavour();
      String ids = files.trees().ids();
      Optional<byte[]> content = files.read(file);
      if (content.isEmpty()) {
        files.replace(
            file,
            new RecordText().add("format", FORMAT).add("overlay", flavour).add("ids", ids).bytes());
        return;
      }
      RecordText record = RecordText.parse(content.get());
      checkSame(files.root(), record, "format", FORMAT, "by another version of Jollyboat");
      checkSame(files.root(), record, "overlay", flavour, "for another kind of user");
      checkSame(files.root(), record, "ids", ids, "with other user ids");
    } finally {
      lock.close();
    }
  }

  private static void checkSame(
      Path root, RecordText record, String key, String expected, String by) {
    String found = record.first(key).orElse("");
    if (!found.equals(expected)) {
      throw refused(
          root,
          "was made " + by + ": its " + key + " is \"" + found + "\", not \"" + expected + "\"",
          "name another directory with Engine.builder().root(path)");
    }
  }

  private static EngineUnavailableException refused(Path root, String why, String remedy) {
    return new EngineUnavailableException(
        "the store's root " + root + " " + why + "; " + remedy,
        new Probe(
            List.of(new Probe.Capability("store", Probe.Status.MISSING, root + " " + why, remedy))),
        null);
  }
}
