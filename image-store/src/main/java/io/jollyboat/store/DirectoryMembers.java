package io.jollyboat.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The files of a directory that is an OCI layout; links below it are not followed. */
final class DirectoryMembers implements Members {
  private final Path directory;

  DirectoryMembers(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Member> find(String name) throws IOException {
    Path file = directory;
    for (String part : LayerUnpacker.path(name).split("/")) {
      file = file.resolve(part);
      if (Files.isSymbolicLink(file)) {
        throw new IOException("\"" + name + "\" is, or lies behind, a symbolic link");
      }
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    Path found = file;
    return Optional.of(
        new Member(
            name, Files.size(found), () -> Files.newInputStream(found, LinkOption.NOFOLLOW_LINKS)));
  }

  @Override
  public void close() {}
}
